using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Parley.Testing.Files;

/// <summary>A value of a scenario file with its place, whether it was written in YAML or JSON. Lines and columns count from 1.</summary>
internal abstract record FileNode(int Line, int Column)
{
    /// <summary>The kind of value in words, for errors.</summary>
    internal abstract string Kind { get; }

    /// <summary>The value as JSON.</summary>
    internal abstract JsonNode? ToJson();
}

/// <summary>
/// A text, number, true, false or null. Only an unquoted text that JSON would read as another kind is one: <c>no</c>, <c>on</c>, <c>~</c> and <c>0123</c> are
/// texts.
/// </summary>
internal sealed partial record FileScalar(int Line, int Column, string Text, bool IsPlain) : FileNode(Line, Column)
{
    internal bool? Flag => !IsPlain ? null : Text switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    internal bool IsNull => IsPlain && Text is "null" or "" && IsPlain;

    internal bool IsNumber => IsPlain && Number().IsMatch(Text);

    internal override string Kind => IsNull ? "nothing" : Flag is not null ? Text : IsNumber ? $"the number {Text}" : $"the text '{FileProblems.Shorten(Text)}'";

    internal override JsonNode? ToJson() => IsNull ? null : Flag is { } flag ? JsonValue.Create(flag) : IsNumber ? JsonNode.Parse(Text) : JsonValue.Create(Text);

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

/// <summary>A list.</summary>
internal sealed record FileList(int Line, int Column, IReadOnlyList<FileNode> Items) : FileNode(Line, Column)
{
    internal override string Kind => "a list";

    internal override JsonNode ToJson() => new JsonArray([.. Items.Select(static item => item.ToJson())]);
}

/// <summary>A map (an object of JSON) with its keys in order, each once.</summary>
internal sealed record FileMap(int Line, int Column, IReadOnlyList<FileEntry> Entries) : FileNode(Line, Column)
{
    internal override string Kind => "a map";

    internal FileNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;

    internal override JsonNode ToJson()
    {
        var json = new JsonObject();
        foreach (var entry in Entries)
            json[entry.Key.Text] = entry.Value.ToJson();
        return json;
    }
}

/// <summary>A key and its value.</summary>
internal sealed record FileEntry(FileScalar Key, FileNode Value);
