using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Server.Calls;

/// <summary>A function that another process runs: it learns of a call by the event <c>tool.called</c>, and sends the response by HTTP.</summary>
/// <param name="declaration">Its declaration.</param>
/// <param name="calls">The calls that wait for their response, by id.</param>
internal sealed class RemoteFunction(FunctionDeclaration declaration, ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> calls) : AIFunction
{
    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type":"object"}"""u8);

    public override string Name { get; } = declaration.Name!;

    public override string Description { get; } = declaration.Description ?? "";

    public override JsonElement JsonSchema { get; } = declaration.ParametersJsonSchema ?? (declaration.Parameters is { } schema ? LiveCodec.ToJsonSchema(schema) : AnyObject);

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var id = ((FunctionCall)arguments.Context![typeof(FunctionCall)]!).Id!;
        try
        {
            return await calls.GetOrAdd(id, NewCall).Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            calls.TryRemove(id, out _);
        }
    }

    internal static TaskCompletionSource<JsonElement> NewCall(string id) => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
