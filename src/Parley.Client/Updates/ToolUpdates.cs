using System.Text;
using System.Text.Json.Serialization;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>The model calls functions. Automatic tools are already running; answer the other calls yourself, each exactly once.</summary>
/// <param name="Calls">The calls; one without an id (Vertex) is answered by its name.</param>
public sealed record ToolCallUpdate(IReadOnlyList<FunctionCall> Calls) : LiveUpdate
{
    /// <summary>Names and ids; never the arguments.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.AppendJoin(", ", Calls.Select(static call => call.Id is { Length: > 0 } id ? $"{call.Name} ({id})" : call.Name));
        return true;
    }
}

/// <summary>The user interrupted: these calls must not be answered any more. Automatic tools are cancelled already.</summary>
/// <param name="Ids">Ids of the calls.</param>
public sealed record ToolCallCancelledUpdate(IReadOnlyList<string> Ids) : LiveUpdate
{
    /// <summary>The ids.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.AppendJoin(", ", Ids);
        return true;
    }
}

/// <summary>An automatic tool failed or is unknown; an error was sent to the model. Created by the client.</summary>
/// <param name="Call">The call.</param>
/// <param name="Message">Error text that was sent to the model.</param>
/// <param name="Error">The exception; null if there is no such function.</param>
public sealed record ToolFailedUpdate(FunctionCall Call, string Message, [property: JsonIgnore] Exception? Error) : LiveUpdate
{
    /// <summary>Name, id and the text for the model; never the arguments.</summary>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Call.Name).Append(" (").Append(Call.Id).Append("): ").Append(Message);
        return true;
    }
}
