namespace Parley.Cascade.Agents.Conversations;

/// <summary>
/// The conversations that were continued last. The chat client is not told when one ends, so the number is bounded; a conversation that was
/// forgotten begins a new session of the agent with its history.
/// </summary>
internal sealed class ConversationCache
{
    // An idle session is a few kilobytes.
    private const int MaxConversations = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Id, AgentConversation Conversation)>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Id, AgentConversation Conversation)> _byUse = new();

    public AgentConversation Get(string id)
    {
        lock (_lock)
        {
            if (_byId.TryGetValue(id, out var known))
            {
                _byUse.Remove(known);
                _byUse.AddLast(known);
                return known.Value.Conversation;
            }
            if (_byId.Count >= MaxConversations)
            {
                _byId.Remove(_byUse.First!.Value.Id);
                _byUse.RemoveFirst();
            }
            return (_byId[id] = _byUse.AddLast((id, new AgentConversation()))).Value.Conversation;
        }
    }
}
