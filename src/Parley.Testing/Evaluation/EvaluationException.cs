namespace Parley.Testing;

/// <summary>An evaluation could not be run: the server cannot be reached or opens no session, or a recording cannot be read.</summary>
public sealed class EvaluationException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EvaluationException()
    {
    }

    /// <inheritdoc cref="EvaluationException()"/>
    public EvaluationException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="EvaluationException()"/>
    public EvaluationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
