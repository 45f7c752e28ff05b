using System.Buffers;
using System.Text.Json;
using Parley.Protocol;
using Parley.Testing.Journal;

namespace Parley.Testing.Files;

/// <summary>Reads what a rule listens for: a text, or a map whose conditions must all hold.</summary>
internal sealed class ConditionReader(FileValues values)
{
    private FileProblems Problems => values.Problems;

    /// <summary>The condition; null if it has errors, which are reported.</summary>
    internal TurnMatch? Read(FileNode node, string name)
    {
        if (node is FileScalar)
            return values.Text(node, name) is { } words ? Heard.Text(words) : null;
        if (MapReader.Of(node, "a condition", FileFields.Condition, Problems) is not { } map)
            return null;
        if (map.Node.Entries.Count == 0)
        {
            Problems.Error(node, "The condition is empty. For any turn write anything: true.");
            return null;
        }
        var known = map.Node.Entries.Where(static entry => FileFields.Condition.Contains(entry.Key.Text));
        var parts = known.Select(entry => One(entry.Key.Text, entry.Value)).ToList();
        return parts.Count == 0 || parts.Contains(null) ? null : parts.Aggregate(static (all, next) => all! & next!);
    }

    private TurnMatch? One(string key, FileNode value) => key switch
    {
        "anything" => values.Mark(value, key) ? Heard.Anything : null,
        "text" => values.Text(value, key) is { } words ? Heard.Text(words) : null,
        "exact" => values.Text(value, key) is { } text ? Heard.ExactText(text) : null,
        "pattern" => Pattern(value),
        "speech" => Speech(value),
        "louder" => values.Number(value, key, -100, 0) is { } level ? Heard.Louder(level) : null,
        "recording" => Recording(value),
        "picture" => value is FileScalar { Flag: true } ? Heard.Picture() : values.Text(value, key) is { } type ? Heard.Picture(type) : null,
        "toolResponse" => ToolResponse(value),
        "setup" => Setup(value),
        "turn" => values.Integer(value, key, least: 1) is { } number ? Heard.Turn(number) : null,
        "all" => List(value, key)?.Aggregate(static (all, next) => all & next),
        "any" => List(value, key)?.Aggregate(static (all, next) => all | next),
        _ => Read(value, key) is { } match ? !match : null,
    };

    private TurnMatch? Pattern(FileNode value)
    {
        if (values.Text(value, "pattern") is not { } pattern)
            return null;
        try
        {
            return Heard.Pattern(pattern);
        }
        catch (NotSupportedException)
        {
            Problems.Error(value, "'pattern' has a lookaround, a back reference or an atomic group, which patterns in linear time cannot have.");
        }
        catch (ArgumentException e)
        {
            Problems.Error(value, $"'pattern' is not a regular expression: {e.Message}");
        }
        return null;
    }

    private TurnMatch? Speech(FileNode value)
    {
        if (value is FileScalar)
            return values.Mark(value, "speech") ? Heard.Speech() : null;
        if (MapReader.Of(value, "speech", FileFields.SpeechCondition, Problems) is not { } map)
            return null;
        var (min, max) = (values.Duration(map["min"], "min"), values.Duration(map["max"], "max"));
        if (min > max)
            Problems.Error(value, "'min' is longer than 'max'.");
        return Heard.Speech(min, max);
    }

    private TurnMatch? Recording(FileNode value)
    {
        if (values.Recording(value, "recording") is not { } recording)
            return null;
        var match = Heard.Recording(recording);
        return new($"the recording {((FileScalar)value).Text}", match.Mismatch);
    }

    private TurnMatch? ToolResponse(FileNode value)
    {
        if (value is FileScalar)
            return values.Text(value, "toolResponse") is { } any ? Heard.ToolResponse(any) : null;
        if (MapReader.Of(value, "toolResponse", FileFields.ToolResponseCondition, Problems) is not { } map)
            return null;
        if (map["name"] is null)
            Problems.Error(value, "'toolResponse' has no 'name'. Give the name of the function.");
        var (name, expected) = (values.Text(map["name"], "name"), values.Json(map["response"], "response"));
        return name is null ? null : Heard.ToolResponse(name, expected is { } part ? response => JsonDiff.Difference(part, response) is null : null);
    }

    private TurnMatch? Setup(FileNode value)
    {
        if (values.Json(value, "setup") is not { } part)
            return null;
        try
        {
            // Names and types as the server would check them.
            var message = new Dictionary<string, JsonElement> { ["setup"] = part };
            _ = LiveCodec.DecodeRequest(JsonSerializer.SerializeToUtf8Bytes(message, FileJson.Default.DictionaryStringJsonElement));
        }
        catch (LiveProtocolException e)
        {
            Problems.Error(value, $"'setup' is not a part of a setup: {e.Message}");
            return null;
        }
        return new($"the setup {FileProblems.Shorten(part.GetRawText())}", turn =>
            JsonDiff.Difference(part, ToJson(turn.Setup)) is { } difference ? $"of the setup, {difference}" : null);
    }

    private static JsonElement ToJson(Setup setup)
    {
        var json = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(setup, json);
        return JsonElement.Parse(json.WrittenSpan);
    }

    private List<TurnMatch>? List(FileNode value, string name)
    {
        if (value is not FileList { Items.Count: > 0 } list)
        {
            Problems.Error(value, $"'{name}' must be a list of conditions, not {(value is FileList ? "an empty list" : value.Kind)}.");
            return null;
        }
        var matches = list.Items.Select(item => Read(item, name)).ToList();
        return matches.Contains(null) ? null : matches.ConvertAll(static match => match!);
    }
}
