using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Extensions.AI.Mapping;

/// <summary>Converts arguments and results between JSON objects of the wire and content of the abstraction.</summary>
internal static class FunctionResults
{
    internal static FunctionCallContent ToContent(FunctionCall call, bool informationalOnly)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (call.Args is { ValueKind: JsonValueKind.Object } args)
        {
            foreach (var argument in args.EnumerateObject())
                arguments[argument.Name] = argument.Value;
        }
        return new FunctionCallContent(OpenCalls.Key(call), call.Name ?? "", arguments) { RawRepresentation = call, InformationalOnly = informationalOnly };
    }

    /// <summary>{"result": …} around everything that is not an object, {"error": …} for a failure without a result.</summary>
    internal static FunctionResponse ToResponse(FunctionCall call, FunctionResultContent result) => new()
    {
        Id = string.IsNullOrEmpty(call.Id) ? null : call.Id,
        Name = call.Name,
        Response = result is { Result: null, Exception: { } error } ? Wrap("error", JsonElementOf(error.Message)) : ToObject(JsonElementOf(result.Result)),
    };

    private static JsonElement? JsonElementOf(object? value) => value switch
    {
        null => null,
        JsonElement element => element,
        _ => JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType())),
    };

    private static JsonElement ToObject(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Object } whole ? whole : Wrap("result", element);

    private static JsonElement Wrap(string name, JsonElement? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(name);
            if (value is { ValueKind: not JsonValueKind.Undefined } present)
                present.WriteTo(writer);
            else
                writer.WriteNullValue();
            writer.WriteEndObject();
        }
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }
}
