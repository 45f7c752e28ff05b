namespace Parley.Testing;

/// <summary>A scenario file has errors.</summary>
public sealed class ScenarioFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problems">All problems of the file, warnings too.</param>
    public ScenarioFileException(IReadOnlyList<ScenarioProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Creates the exception.</summary>
    public ScenarioFileException()
    {
    }

    /// <inheritdoc cref="ScenarioFileException()"/>
    public ScenarioFileException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="ScenarioFileException()"/>
    public ScenarioFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>All problems of the file, in the order of their lines.</summary>
    public IReadOnlyList<ScenarioProblem> Problems { get; } = [];
}
