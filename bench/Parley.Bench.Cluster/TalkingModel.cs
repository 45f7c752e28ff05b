using Parley.Protocol;
using Parley.Server;

namespace Parley.Bench.Cluster;

/// <summary>A model that ends a turn at once, with the state of a conversation of ten turns.</summary>
internal sealed class TalkingModel : ILiveModel
{
    internal static readonly StoredCheckpoint State = Conversation.Create(turns: 10, seed: 1);

    public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken) => new(new Session(output));

    private sealed class Session(ILiveModelOutput output) : ILiveModelSession
    {
        public void Receive(LiveSessionRequest message)
        {
            output.Send(new LiveSessionResponse { ServerContent = new ServerContent { TurnComplete = true } });
            output.Checkpoint(State);
        }

        public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
        {
        }

        public void MediaSent(in LiveMedia media)
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}

internal sealed class TalkCodec : ILiveCheckpointCodec
{
    public string Kind => "bench";

    public bool Takes(object state) => state is StoredCheckpoint;

    public StoredCheckpoint Store(object state) => (StoredCheckpoint)state;

    public object Restore(StoredCheckpoint stored) => stored;
}
