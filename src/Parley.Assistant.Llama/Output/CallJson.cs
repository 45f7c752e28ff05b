using System.Text;
using System.Text.Json;

namespace Parley.Assistant.Llama.Output;

/// <summary>Reads calls as models write them: one object, a list of objects, or several objects in sequence.</summary>
internal static class CallJson
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };

    private static readonly JsonReaderOptions Sequence = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32, AllowMultipleValues = true,
    };

    /// <summary>Reads all calls; false if the text is anything else. Llama 3 separates calls with semicolons.</summary>
    public static bool TryRead(string json, out List<(string Name, Dictionary<string, object?> Arguments)> calls) =>
        TryReadSequence(json, out calls) || TryReadSequence(json.Replace("};", "} ", StringComparison.Ordinal).TrimEnd(';'), out calls);

    /// <summary>Whether a text names a function and its arguments, whatever else is wrong with it.</summary>
    public static bool LooksLikeCall(string text) =>
        text.Contains("\"name\"", StringComparison.Ordinal)
        && (text.Contains("\"arguments\"", StringComparison.Ordinal) || text.Contains("\"parameters\"", StringComparison.Ordinal));

    private static bool TryReadSequence(string json, out List<(string Name, Dictionary<string, object?> Arguments)> calls)
    {
        calls = [];
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), Sequence);
            while (reader.Read())
            {
                if (!TryAdd(JsonElement.ParseValue(ref reader), calls))
                    return false;
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryAdd(JsonElement value, List<(string, Dictionary<string, object?>)> calls)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object && TryAdd(item, calls));
        if (value.ValueKind != JsonValueKind.Object || NameOf(value) is not { } name || !TryGetArguments(value, out var arguments))
            return false;
        calls.Add((name, arguments));
        return true;
    }

    private static string? NameOf(JsonElement call) =>
        call.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text ? text : null;

    private static bool TryGetArguments(JsonElement call, out Dictionary<string, object?> arguments)
    {
        arguments = [];
        if (!call.TryGetProperty("arguments", out var given) && !call.TryGetProperty("parameters", out given))
            return true;
        // Some models write the arguments as a string with JSON in it.
        if (given.ValueKind == JsonValueKind.String)
        {
            using var inner = JsonDocument.Parse(given.GetString()!, Lenient);
            given = inner.RootElement.Clone();
        }
        if (given.ValueKind == JsonValueKind.Null)
            return true;
        if (given.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var argument in given.EnumerateObject())
            arguments[argument.Name] = argument.Value;
        return true;
    }
}
