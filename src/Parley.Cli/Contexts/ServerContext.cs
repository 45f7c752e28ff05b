using System.Text.Json.Serialization;

namespace Parley.Cli.Contexts;

/// <summary>A server the user has logged in to.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Url">Its address.</param>
/// <param name="Key">The API key for it; never printed.</param>
internal sealed record ServerContext(string Name, string Url, string Key)
{
    // The generated text of a record would contain the key.
    public override string ToString() => $"{Name} ({Url})";
}

/// <summary>The file of all contexts.</summary>
internal sealed record ContextFile
{
    /// <summary>Name of the context that commands use; null = none.</summary>
    public string? Current { get; init; }

    public IReadOnlyList<ServerContext> Contexts { get; init; } = [];
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ContextFile))]
internal sealed partial class ContextJson : JsonSerializerContext;
