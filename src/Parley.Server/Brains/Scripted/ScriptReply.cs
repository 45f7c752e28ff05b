using Microsoft.Extensions.AI;

namespace Parley.Server.Brains.Scripted;

/// <summary>What the script answers: spoken text, function calls, or both.</summary>
internal sealed record ScriptReply(string Id, string Text, IReadOnlyList<FunctionCallContent> Calls);
