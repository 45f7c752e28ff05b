using System.Text;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Parley.Cascade.Agents.Conversations;

/// <summary>One answer of an agent: what it was given, what it said and which calls nobody has answered yet.</summary>
internal sealed class AgentRun(AgentSession session, IReadOnlyList<ChatMessage> messages, IReadOnlyList<string> history, bool replacedHistory)
{
    private readonly StringBuilder _said = new();
    private readonly List<FunctionCallContent> _calls = [];

    public AgentSession Session => session;

    /// <summary>What is new to the agent.</summary>
    public IReadOnlyList<ChatMessage> Messages => messages;

    /// <summary>The history of the cascade at its start.</summary>
    public IReadOnlyList<string> History => history;

    /// <summary>The session is new although the conversation had one.</summary>
    public bool ReplacedHistory => replacedHistory;

    public string Text => _said.ToString();

    /// <summary>Calls without a result, in order.</summary>
    public IReadOnlyList<FunctionCallContent> OpenCalls => _calls;

    /// <summary>Whether the agent came to its end; otherwise it was interrupted or failed.</summary>
    public bool IsComplete { get; private set; }

    public void Said(string text) => _said.Append(text);

    public void Called(FunctionCallContent call) => _calls.Add(call);

    public void Returned(string callId) => _calls.RemoveAll(call => call.CallId == callId);

    public void Complete() => IsComplete = true;
}
