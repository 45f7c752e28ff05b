using System.Buffers;
using Parley.Conversation;
using Parley.Server;

namespace Parley.Cascade;

/// <summary>Serializes conversations of the cascade, so that a session can be resumed after a restart or on another node.</summary>
internal sealed class CascadeCheckpointCodec : ILiveCheckpointCodec
{
    public string Kind => "conversation-1";

    public bool Takes(object state) => state is ConversationState;

    public StoredCheckpoint Store(object state)
    {
        var data = new ArrayBufferWriter<byte>();
        var media = new List<ReadOnlyMemory<byte>>();
        ConversationStateCodec.Encode((ConversationState)state, data, media);
        return new StoredCheckpoint(data.WrittenMemory, media.ConvertAll(static bytes => (ReadOnlyMemory<byte>?)bytes));
    }

    public object Restore(StoredCheckpoint stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return ConversationStateCodec.Decode(stored.Data, stored.Media);
    }
}
