using Parley.Protocol.Internal;

namespace Parley.Testing.Files;

/// <summary>Collects what is wrong with a file, so that all of it is reported at once.</summary>
internal sealed class FileProblems(string file)
{
    private readonly List<ScenarioProblem> _found = [];

    internal IReadOnlyList<ScenarioProblem> Found =>
        [.. _found.OrderBy(static problem => problem.Line).ThenBy(static problem => problem.Column).Take(FileLimits.Problems)];

    internal bool HasErrors => _found.Exists(static problem => !problem.IsWarning);

    internal void Error(FileNode at, string message) => Error(at.Line, at.Column, message);

    internal void Error(int line, int column, string message) => Add(new(file, line, column, IsWarning: false, message));

    internal void Warn(FileNode at, string message) => Add(new(file, at.Line, at.Column, IsWarning: true, message));

    /// <summary>A list of names for a message.</summary>
    internal static string Names(IEnumerable<string> names) => string.Join(", ", names);

    /// <summary>The known name that a wrong one was probably meant to be: at most two letters differ, or the case does.</summary>
    internal static string? Nearest(string name, IEnumerable<string> known) =>
        known.Select(candidate => (candidate, Distance: NearName.Distance(name, candidate)))
            .Where(near => near.Distance <= Math.Min(2, near.candidate.Length / 2))
            .OrderBy(static near => near.Distance).Select(static near => near.candidate).FirstOrDefault();

    internal static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 59), "…");

    // A node that an alias repeats is read again and has the same problems.
    private void Add(ScenarioProblem problem)
    {
        if (!_found.Contains(problem))
            _found.Add(problem);
    }
}
