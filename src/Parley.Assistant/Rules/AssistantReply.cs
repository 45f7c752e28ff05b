using Microsoft.Extensions.AI;

namespace Parley.Assistant.Rules;

/// <summary>An answer of the built-in assistant: spoken text, function calls, or both.</summary>
internal sealed record AssistantReply(string Id, string Text, IReadOnlyList<FunctionCallContent> Calls);
