using Parley.Protocol;

namespace Parley.Server.Tests.Support;

/// <summary>A model that echoes its input, and lets tests send other output. <see cref="Sessions"/> has every session it started.</summary>
internal sealed class EchoModel : ILiveModel
{
    public EventLog<EchoSession> Sessions { get; } = new();

    /// <summary>Called during the start of a session.</summary>
    public Func<LiveModelStart, CancellationToken, ValueTask>? Starting { get; init; }

    /// <summary>Called with every message except pure audio.</summary>
    public Action<EchoSession, LiveSessionRequest>? Receiving { get; init; }

    /// <summary>Whether each echo is a whole turn.</summary>
    public bool CompletesTurns { get; init; }

    public async ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        if (Starting is not null)
            await Starting(start, cancellationToken);
        var session = new EchoSession(this, start, output);
        Sessions.Add(session);
        return session;
    }

    public Task<EchoSession> NextSessionAsync() => Sessions.NextAsync(static _ => true, "a session starts");

    public Task<EchoSession> FirstSessionAsync() => Sessions.FirstAsync(static _ => true, "a session starts");
}

internal sealed class EchoSession(EchoModel model, LiveModelStart start, ILiveModelOutput output) : ILiveModelSession
{
    public LiveModelStart Start => start;

    public ILiveModelOutput Output => output;

    /// <summary>The input of the model, in order.</summary>
    public EventLog<object> Heard { get; } = new();

    public EventLog<LiveMedia> Sent { get; } = new();

    public EventLog<bool> Disposed { get; } = new();

    public void Receive(LiveSessionRequest message)
    {
        Heard.Add(message);
        model.Receiving?.Invoke(this, message);
        if (message.RealtimeInput?.Text is { } text)
            output.Send(model.CompletesTurns ? Turn(text) : Text(text));
    }

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz) => Heard.Add(new HeardAudio(pcm.ToArray(), rateHz));

    public void MediaSent(in LiveMedia media) => Sent.Add(media);

    public ValueTask DisposeAsync()
    {
        Disposed.Add(true);
        return default;
    }

    private static LiveSessionResponse Turn(string text)
    {
        var turn = Text(text);
        turn.ServerContent!.TurnComplete = true;
        return turn;
    }

    public static LiveSessionResponse Text(string text) =>
        new() { ServerContent = new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { Text = text }] } } };
}

internal sealed record HeardAudio(byte[] Pcm, int RateHz);
