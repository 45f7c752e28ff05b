using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.TestKit;

namespace Parley.Protocol.Tests.Support;

/// <summary>An example as the codec writes it: lowerCamelCase, int64 as strings, the shortest duration, the guide's <c>config</c> as setup.</summary>
internal static class Canonical
{
    private static readonly string[] Generation =
    [
        "responseModalities", "temperature", "topP", "topK", "maxOutputTokens", "candidateCount", "presencePenalty", "frequencyPenalty",
        "seed", "mediaResolution", "speechConfig", "thinkingConfig", "enableAffectiveDialog", "translationConfig",
    ];

    private static readonly HashSet<string> Int64 =
    [
        "triggerTokens", "targetTokens", "lastConsumedClientMessageIndex",
        "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties",
    ];

    private static readonly HashSet<string> Durations = ["timeLeft", "audioOffset", "startOffset", "endOffset"];

    private static readonly HashSet<string> FreeForm = ["args", "response", "labels", "parametersJsonSchema", "responseJsonSchema"];

    public static JsonElement Request(JsonElement example)
    {
        var message = Int64AsText(SnakeCase.ToCamelCase(example));
        return JsonSerializer.SerializeToElement(
            message["config"] is JsonObject config ? new JsonObject { ["setup"] = SetupOf(config) } : message);
    }

    public static JsonElement Plain(JsonElement example) => JsonSerializer.SerializeToElement(Int64AsText(example));

    private static JsonObject Int64AsText(JsonElement message)
    {
        var copy = JsonObject.Create(message.Clone())!.DeepClone().AsObject();
        Visit(copy);
        return copy;
    }

    private static void Visit(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Visit(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToList())
            {
                if (Int64.Contains(name) && value!.GetValueKind() == JsonValueKind.Number)
                    members[name] = value.GetValue<long>().ToString(CultureInfo.InvariantCulture);
                else if (Durations.Contains(name))
                    members[name] = Shortest(value!.GetValue<string>());
                else if (!FreeForm.Contains(name))
                    Visit(value);
            }
        }
    }

    private static string Shortest(string duration) =>
        duration.Contains('.', StringComparison.Ordinal) ? duration[..^1].TrimEnd('0').TrimEnd('.') + "s" : duration;

    // Protocol 3.3 (docs/protocol.md#33-mapping-the-guide-form-onto-the-wire-form), written a second time to check the table of the library.
    private static JsonObject SetupOf(JsonObject config)
    {
        var setup = config.DeepClone().AsObject();
        var generation = setup["generationConfig"]?.DeepClone().AsObject() ?? [];
        foreach (var name in Generation)
        {
            if (setup[name] is { } value)
            {
                generation[name] = value.DeepClone();
                setup.Remove(name);
            }
        }
        setup.Remove("generationConfig");
        if (generation.Count > 0)
            setup["generationConfig"] = generation;
        if (setup["systemInstruction"] is JsonValue text)
            setup["systemInstruction"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = text.DeepClone() }) };
        if (!setup["model"]!.GetValue<string>().Contains('/', StringComparison.Ordinal))
            setup["model"] = "models/" + setup["model"]!.GetValue<string>();
        return setup;
    }
}
