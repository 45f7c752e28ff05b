namespace Parley.Testing.Evaluation.Files;

/// <summary>The names of the format, object by object: what the reader accepts. A test compares them with the schema.</summary>
internal static class EvaluationFields
{
    internal static readonly string[] Document = ["$schema", "calls"];

    internal static readonly string[] Call = ["name", "steps"];

    /// <summary>The steps of a call: the name of each, and what else may be beside it.</summary>
    internal static readonly Dictionary<string, string[]> Steps = new()
    {
        ["say"] = ["file", "level", "after"],
        ["interrupt"] = ["file", "level", "after"],
        ["backchannel"] = ["file", "level", "after"],
        ["noise"] = ["file", "level", "after", "seed"],
        ["toOthers"] = ["file", "level", "after"],
        ["wait"] = [],
        ["listen"] = [],
    };

    /// <summary>Names of <see cref="VocalNoise"/>, and of a noise in a file.</summary>
    internal static readonly string[] Noises = ["cough", "laugh", "throatClearing", "file"];

    /// <summary>All objects by the names of their definitions in the schema.</summary>
    internal static IEnumerable<(string Definition, IReadOnlyList<string> Fields)> All =>
    [
        ("document", Document), ("call", Call), .. Steps.Select(static step => ($"{step.Key}Step", (IReadOnlyList<string>)[step.Key, .. step.Value])),
    ];
}
