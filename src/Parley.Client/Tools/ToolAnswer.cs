using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Client.Tools;

/// <summary>Creates function responses in wire form: an object, with the name and the id of the call.</summary>
internal static class ToolAnswer
{
    internal static FunctionResponse Of(object? result, JsonSerializerOptions options) =>
        result as FunctionResponse ?? ToolMedia.TryConvert(result, options) ?? OfValue(result, options);

    internal static FunctionResponse OfValue(object? result, JsonSerializerOptions options) =>
        new() { Response = ToObject(ToElement(result, options)) };

    internal static FunctionResponse OfAll(IReadOnlyList<object?> results, JsonSerializerOptions options) => new()
    {
        Response = Object("result", static (writer, list) =>
        {
            writer.WriteStartArray();
            foreach (var element in list)
                WriteOrNull(writer, element);
            writer.WriteEndArray();
        }, results.Select(result => ToElement(result, options)).ToList()),
    };

    internal static FunctionResponse Error(string message) =>
        new() { Response = Object("error", static (writer, text) => writer.WriteStringValue(text), message) };

    /// <summary>Ends a stream of results without a further answer of the model (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#44-toolresponse">protocol 4.4</see>).</summary>
    internal static FunctionResponse EndOfStream() => new()
    {
        Response = JsonElement.Parse("{}"),
        WillContinue = false,
        Scheduling = Scheduling.Silent,
    };

    internal static AIFunctionArguments Arguments(FunctionCall call, IServiceProvider? services)
    {
        var arguments = new AIFunctionArguments { Services = services, Context = new Dictionary<object, object?> { [typeof(FunctionCall)] = call } };
        if (call.Args is { ValueKind: JsonValueKind.Object } args)
        {
            foreach (var argument in args.EnumerateObject())
                arguments[argument.Name] = argument.Value;
        }
        return arguments;
    }

    internal static FunctionResponse For(FunctionCall call, LiveTool? tool, FunctionResponse response) => response with
    {
        Id = response.Id ?? call.Id,
        Name = response.Name ?? call.Name,
        Scheduling = response.Scheduling ?? tool?.Scheduling,
    };

    private static JsonElement? ToElement(object? result, JsonSerializerOptions options) => result switch
    {
        null => null,
        JsonElement element => element,
        _ => JsonSerializer.SerializeToElement(result, options.GetTypeInfo(result.GetType())),
    };

    // {"result": …} around everything that is not an object; a function that returns nothing answers {"result":null}.
    private static JsonElement ToObject(JsonElement? element) => element is { ValueKind: JsonValueKind.Object } whole
        ? whole
        : Object("result", WriteOrNull, element);

    private static void WriteOrNull(Utf8JsonWriter writer, JsonElement? value)
    {
        if (value is { ValueKind: not JsonValueKind.Undefined } result)
            result.WriteTo(writer);
        else
            writer.WriteNullValue();
    }

    private static JsonElement Object<T>(string name, Action<Utf8JsonWriter, T> write, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(name);
            write(writer, value);
            writer.WriteEndObject();
        }
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }
}
