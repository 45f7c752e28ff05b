using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>A checkpoint from which a conversation can be resumed. Immutable.</summary>
public sealed class ConversationState
{
    internal ConversationState(History.Snapshot history, int callsIssued, bool historySeeded)
    {
        Entries = history;
        CallsIssued = callsIssued;
        HistorySeeded = historySeeded;
    }

    /// <summary>The history, oldest first.</summary>
    public IReadOnlyList<Content> History => Entries;

    internal History.Snapshot Entries { get; }

    internal int CallsIssued { get; }

    internal bool HistorySeeded { get; }
}
