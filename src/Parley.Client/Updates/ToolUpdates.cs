using System.Text.Json.Serialization;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>The model asks for calls. Those of automatic tools run already; the others are yours to answer, each exactly once.</summary>
/// <param name="Calls">The calls; one without an id (Vertex) is answered by its name.</param>
public sealed record ToolCallUpdate(IReadOnlyList<FunctionCall> Calls) : LiveUpdate;

/// <summary>The user interrupted: these calls must not be answered any more. Automatic tools have been told.</summary>
/// <param name="Ids">Ids of the calls.</param>
public sealed record ToolCallCancelledUpdate(IReadOnlyList<string> Ids) : LiveUpdate;

/// <summary>An automatic tool failed or is not known; the model was told. Made by the client.</summary>
/// <param name="Call">The call.</param>
/// <param name="Message">What the model was told.</param>
/// <param name="Error">The exception; null where there is no such function.</param>
public sealed record ToolFailedUpdate(FunctionCall Call, string Message, [property: JsonIgnore] Exception? Error) : LiveUpdate;
