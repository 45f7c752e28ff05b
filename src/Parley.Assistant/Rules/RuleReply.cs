using Microsoft.Extensions.AI;

namespace Parley.Assistant.Rules;

/// <summary>What the script answers: spoken text, function calls, or both.</summary>
internal sealed record RuleReply(string Id, string Text, IReadOnlyList<FunctionCallContent> Calls);
