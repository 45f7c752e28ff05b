using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Testing;

/// <summary>
/// A session without a server, for code that only asks and reads: no socket, no setup, no audio of any kind. It delivers the updates that the test gives it
/// and keeps what the code sends. For everything else use a <see cref="LiveTestServer"/>.
/// <code>
/// var session = new FakeLiveSession().Answers("It is sunny.");
/// Assert.Equal("It is sunny.", await new WeatherAssistant(new FakeLiveClient(session)).AskAsync("How is the weather?"));
/// </code>
/// Safe for use by many threads; one reader at a time, as with a real session.
/// </summary>
public sealed class FakeLiveSession : LiveSession
{
    private readonly Channel<LiveUpdate> _updates = Channel.CreateUnbounded<LiveUpdate>();
    private readonly Queue<IReadOnlyList<LiveUpdate>> _answers = [];
    private readonly List<LiveSessionRequest> _sent = [];
    private readonly List<byte> _audio = [];
    private readonly TaskCompletionSource<SessionEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private SessionEnd? _ended;

    /// <summary>Messages that were sent, in order, without audio.</summary>
    public IReadOnlyList<LiveSessionRequest> Sent
    {
        get
        {
            lock (_gate)
                return [.. _sent];
        }
    }

    /// <summary>Texts that were sent.</summary>
    public IReadOnlyList<string> SentTexts => [.. Sent.Select(static message => message.RealtimeInput?.Text).OfType<string>()];

    /// <summary>Audio that was sent, as it was given.</summary>
    public ReadOnlyMemory<byte> SentAudio
    {
        get
        {
            lock (_gate)
                return _audio.ToArray();
        }
    }

    /// <inheritdoc/>
    public override Task<SessionEnd> Completion => _end.Task;

    /// <summary>Answers the next text, content, tool response or end of speech: text, its transcription and the end of the turn.</summary>
    /// <param name="text">The words; delivered as text and as transcription, whichever the code reads.</param>
    public FakeLiveSession Answers(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Answers(new OutputTranscriptUpdate(text, Finished: true), new GenerationCompleteUpdate(), new TurnCompleteUpdate(null, null, null));
    }

    /// <summary>Answers the next text, content, tool response or end of speech with these updates.</summary>
    public FakeLiveSession Answers(params IEnumerable<LiveUpdate> updates)
    {
        ArgumentNullException.ThrowIfNull(updates);
        lock (_gate)
            _answers.Enqueue([.. updates]);
        return this;
    }

    /// <summary>Delivers updates now.</summary>
    public FakeLiveSession Delivers(params IEnumerable<LiveUpdate> updates)
    {
        ArgumentNullException.ThrowIfNull(updates);
        foreach (var update in updates)
            _updates.Writer.TryWrite(update);
        return this;
    }

    /// <summary>Ends the session.</summary>
    /// <param name="end">How; null = closed normally by the server.</param>
    public void Ends(SessionEnd? end = null)
    {
        end ??= new SessionEnd(EndCause.Completed, 1000, "");
        if (Interlocked.CompareExchange(ref _ended, end, null) is null && _end.TrySetResult(end))
            _updates.Writer.TryWrite(new SessionEndedUpdate(end));
        _updates.Writer.TryComplete();
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<LiveUpdate> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in _updates.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return update;
    }

    /// <inheritdoc/>
    public override ValueTask SendRawAsync(LiveSessionRequest message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfEnded();
        IReadOnlyList<LiveUpdate>? answer = null;
        lock (_gate)
        {
            _sent.Add(message);
            if (WantsAnswer(message))
                _answers.TryDequeue(out answer);
        }
        Delivers(answer ?? []);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ValueTask SendAudioAsync(ReadOnlyMemory<byte> pcm, int rateHz = AudioFormat.InputRateHz, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfEnded();
        lock (_gate)
            _audio.AddRange(pcm.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task<InterruptResult> InterruptAsync(CancellationToken cancellationToken = default)
    {
        OnInterrupting();
        Delivers(new InterruptedUpdate());
        return Task.FromResult(InterruptResult.NothingToInterrupt);
    }

    /// <inheritdoc/>
    public override Task<SessionEnd> CloseAsync()
    {
        Ends(new SessionEnd(EndCause.ByClient, 1000, ""));
        return Completion;
    }

    private static bool WantsAnswer(LiveSessionRequest message) =>
        message.RealtimeInput is { Text: not null } or { ActivityEnd: not null } or { AudioStreamEnd: true } || message.ToolResponse is not null || message.ClientContent is { TurnComplete: not false };

    private void ThrowIfEnded()
    {
        if (Volatile.Read(ref _ended) is { } end)
            throw LiveClientModelFactory.SessionException(end);
    }
}
