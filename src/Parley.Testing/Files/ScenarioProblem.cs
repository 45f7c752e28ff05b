namespace Parley.Testing;

/// <summary>Something wrong in a scenario file.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column, from 1.</param>
/// <param name="IsWarning">Whether the file can be used all the same.</param>
/// <param name="Message">What is wrong, and what is allowed.</param>
public sealed record ScenarioProblem(string File, int Line, int Column, bool IsWarning, string Message)
{
    /// <summary>In the form that editors and CI understand: <c>lamp.yaml:3:5: error: …</c></summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {(IsWarning ? "warning" : "error")}: {Message}");
}
