using System.Text.Json.Serialization;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>The model calls functions. Automatic tools are already running; answer the other calls yourself, each exactly once.</summary>
/// <param name="Calls">The calls; one without an id (Vertex) is answered by its name.</param>
public sealed record ToolCallUpdate(IReadOnlyList<FunctionCall> Calls) : LiveUpdate;

/// <summary>The user interrupted: these calls must not be answered any more. Automatic tools are cancelled already.</summary>
/// <param name="Ids">Ids of the calls.</param>
public sealed record ToolCallCancelledUpdate(IReadOnlyList<string> Ids) : LiveUpdate;

/// <summary>An automatic tool failed or is unknown; an error was sent to the model. Created by the client.</summary>
/// <param name="Call">The call.</param>
/// <param name="Message">Error text that was sent to the model.</param>
/// <param name="Error">The exception; null if there is no such function.</param>
public sealed record ToolFailedUpdate(FunctionCall Call, string Message, [property: JsonIgnore] Exception? Error) : LiveUpdate;
