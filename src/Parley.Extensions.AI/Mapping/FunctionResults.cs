using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Client.Tools;
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

    /// <summary>
    /// The answer to a call, with pictures as parts. Of a failure without a result the model hears only that it failed, because it may
    /// repeat what it hears to the user.
    /// </summary>
    internal static FunctionResponse ToResponse(FunctionCall call, FunctionResultContent result)
    {
        var answer = result is { Result: null, Exception: not null }
            ? ToolAnswer.Error($"The function {call.Name} failed.")
            : ToolAnswer.Of(result.Result, AIJsonUtilities.DefaultOptions);
        return ToolAnswer.For(call with { Id = string.IsNullOrEmpty(call.Id) ? null : call.Id }, null, answer);
    }
}
