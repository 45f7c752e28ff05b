using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Server.Calls;

/// <summary>Runs a function of the server.</summary>
internal static class CallTool
{
    /// <summary>Runs a function. A failure is a response too.</summary>
    /// <param name="function">The function.</param>
    /// <param name="call">The call.</param>
    /// <param name="key">Its id, also if the model gave it none.</param>
    /// <param name="services">Services for its parameters.</param>
    /// <param name="limit">Its longest time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancelled">Cancelled if nobody waits for the result any more.</param>
    /// <returns>The response, and what failed; no response if it was cancelled.</returns>
    internal static async Task<(FunctionResponse? Response, Exception? Failure)> RunAsync(
        AIFunction function, FunctionCall call, string key, IServiceProvider services, TimeSpan limit, TimeProvider time, CancellationToken cancelled)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancelled);
        JsonElement response;
        Exception? failure = null;
        try
        {
            // A function may ignore its token.
            var result = await function.InvokeAsync(Arguments(call with { Id = key }, services), either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            response = ToObject(result, function.JsonSerializerOptions);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            return default;
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested)
        {
            failure = e;
            response = Object("error", writer => writer.WriteStringValue(FormattableString.Invariant($"The function returned no result within {limit.TotalSeconds:0.###} s.")));
        }
        catch (Exception e)
        {
            failure = e;
            response = Object("error", writer => writer.WriteStringValue(e.Message));
        }
        return (new FunctionResponse { Id = call.Id, Name = call.Name, Response = response }, failure);
    }

    private static AIFunctionArguments Arguments(FunctionCall call, IServiceProvider services)
    {
        var arguments = new AIFunctionArguments { Services = services, Context = new Dictionary<object, object?> { [typeof(FunctionCall)] = call } };
        if (call.Args is { ValueKind: JsonValueKind.Object } args)
        {
            foreach (var argument in args.EnumerateObject())
                arguments[argument.Name] = argument.Value;
        }
        return arguments;
    }

    private static JsonElement ToObject(object? result, JsonSerializerOptions options)
    {
        JsonElement? element = result switch
        {
            null => null,
            JsonElement json => json,
            _ => JsonSerializer.SerializeToElement(result, options.GetTypeInfo(result.GetType())),
        };
        if (element is { ValueKind: JsonValueKind.Object } whole)
            return whole;
        return Object("result", writer =>
        {
            if (element is { ValueKind: not JsonValueKind.Undefined } value)
                value.WriteTo(writer);
            else
                writer.WriteNullValue();
        });
    }

    private static JsonElement Object(string name, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(name);
            write(writer);
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
