using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>Answers in the form the wire wants: an object, always with the name and the id of its call.</summary>
internal static class ToolAnswer
{
    internal static FunctionResponse Of(ToolRun run, object? result, JsonSerializerOptions options)
    {
        var response = result is FunctionResponse own ? own : new FunctionResponse { Response = ToObject(ToElement(result, options)) };
        return Complete(response, run);
    }

    internal static FunctionResponse Error(ToolRun run, string message) =>
        Complete(new FunctionResponse { Response = Object("error", static (writer, text) => writer.WriteStringValue(text), message) }, run);

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

    private static FunctionResponse Complete(FunctionResponse response, ToolRun run) => response with
    {
        Id = response.Id ?? run.Call.Id,
        Name = response.Name ?? run.Call.Name,
        Scheduling = response.Scheduling ?? run.Tool?.Scheduling,
    };

    private static JsonElement? ToElement(object? result, JsonSerializerOptions options) => result switch
    {
        null => null,
        JsonElement element => element,
        _ => JsonSerializer.SerializeToElement(result, options.GetTypeInfo(result.GetType())),
    };

    // {"result": …} around everything that is no object; a function that returns nothing answers {"result":null}.
    private static JsonElement ToObject(JsonElement? element) => element is { ValueKind: JsonValueKind.Object } whole
        ? whole
        : Object("result", static (writer, value) =>
        {
            if (value is { ValueKind: not JsonValueKind.Undefined } result)
                result.WriteTo(writer);
            else
                writer.WriteNullValue();
        }, element);

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
