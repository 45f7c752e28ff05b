using Parley.Protocol;
using Parley.Server;

namespace Parley.Recording.Tests.Support;

/// <summary>A model that says what tests tell it to.</summary>
internal sealed class DrivenModel : ILiveModel
{
    public EventLog<DrivenSession> Sessions { get; } = new();

    public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        var session = new DrivenSession(start, output);
        Sessions.Add(session);
        return new(session);
    }
}

internal sealed class DrivenSession(LiveModelStart start, ILiveModelOutput output) : ILiveModelSession
{
    private int _generation = 1;
    private long _sequence;

    public LiveModelStart Start => start;

    public ILiveModelOutput Output => output;

    public EventLog<TimeSpan> Played { get; } = new();

    public void Say(short[] samples, string? text = null)
    {
        foreach (var chunk in Pcm.ToBytes(samples).Chunk(4_800))
        {
            output.SendMedia(new LiveMedia(_generation, ++_sequence, chunk, text));
            text = null;
        }
    }

    public void Send(ServerContent content) => output.Send(new LiveSessionResponse { ServerContent = content });

    public void CompleteTurn() => Send(new ServerContent { TurnComplete = true });

    public void Interrupt()
    {
        output.CancelMedia(_generation++);
        Send(new ServerContent { Interrupted = true });
    }

    public void Receive(LiveSessionRequest message)
    {
    }

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
    }

    public void MediaSent(in LiveMedia media)
    {
    }

    public void MediaPlayed(TimeSpan position) => Played.Add(position);

    public ValueTask DisposeAsync() => default;
}
