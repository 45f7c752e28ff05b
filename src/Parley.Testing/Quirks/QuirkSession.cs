using Parley.Protocol;
using Parley.Protocol.Internal;
using Parley.Server;

namespace Parley.Testing.Quirks;

/// <summary>A session with quirks: it stands between the server and the session of the model, as each to the other.</summary>
internal sealed class QuirkSession : ILiveModelSession, ILiveModelOutput
{
    private readonly ILiveModelOutput _output;
    private readonly QuirkWorld _world;
    private readonly List<QuirkStage> _stages;
    private readonly List<ITimer> _timers = [];
    private ILiveModelSession? _inner;
    private bool _isEnded;

    internal QuirkSession(LiveModelStart start, ILiveModelOutput output, QuirkSet quirks, QuirkWorld world, Func<string, ReadOnlyMemory<byte>> setup, TimeProvider time)
    {
        (Start, _output, _world, Time) = (start, output, world, time);
        RawSetup = () => setup(start.ConnectionId);
        Random = new Random(quirks.Seed);
        _stages = [new ClientStage(this), .. QuirkStages.Of(quirks.Enabled), new ModelStage(this)];
        foreach (var (i, stage) in _stages.Index())
        {
            stage.Session = this;
            if (i > 0)
                (stage.Outer, _stages[i - 1].Inner) = (_stages[i - 1], stage);
        }
    }

    internal LiveModelStart Start { get; }

    internal TimeProvider Time { get; }

    /// <summary>For one stage only: the order of draws would depend on what else is enabled.</summary>
    internal Random Random { get; }

    /// <summary>The first message as it was sent.</summary>
    internal Func<ReadOnlyMemory<byte>> RawSetup { get; }

    internal QuirkWorld World => _world;

    internal bool IsResumed => Start.ResumeFrom is not null;

    /// <summary>Whether the model is running, so that <c>setupComplete</c> has been queued.</summary>
    internal bool HasStarted => Volatile.Read(ref _inner) is not null;

    internal async ValueTask StartAsync(ILiveModel model, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var stage in _stages)
                await stage.StartingAsync(cancellationToken).ConfigureAwait(false);
            // From now on: what is refused must not count as open.
            _world.Add(this);
            Volatile.Write(ref _inner, await model.StartAsync(Start, this, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            End();
            throw;
        }
    }

    public void Receive(LiveSessionRequest message) => _stages[0].FromClient(message);

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz) => _stages[0].AudioFromClient(pcm, rateHz);

    public void MediaSent(in LiveMedia media)
    {
        // Pieces that a stage has made have no number of their own.
        if (media.Sequence > 0)
            _inner?.MediaSent(media);
    }

    public void MediaPlayed(TimeSpan position) => _inner?.MediaPlayed(position);

    public void Send(LiveSessionResponse message) => _stages[^1].ToClient(message);

    public void Send(WireMessage message) => _output.Send(message);

    public void SendMedia(in LiveMedia media) => _stages[^1].MediaToClient(media);

    public void CancelMedia(int generation) => _output.CancelMedia(generation);

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _output.WaitForRoomAsync(cancellationToken);

    public void Checkpoint(object? state) => _output.Checkpoint(state);

    public void Close(LiveClose close) => _stages[^1].Close(close);

    public async ValueTask DisposeAsync()
    {
        End();
        if (_inner is not null)
            await _inner.DisposeAsync().ConfigureAwait(false);
    }

    internal void Observed(JournalEntry entry)
    {
        foreach (var stage in _stages)
            stage.Observed(entry);
    }

    /// <summary>A timer that ends with the session.</summary>
    internal ITimer After(TimeSpan time, Action action)
    {
        var timer = Time.CreateGuardedTimer(this, session => session.IfOpen(action), static (session, _) => session._output.Close(LiveClose.Internal));
        lock (_timers)
            _timers.Add(timer);
        timer.Change(time, Timeout.InfiniteTimeSpan);
        return timer;
    }

    private void IfOpen(Action action)
    {
        if (!Volatile.Read(ref _isEnded))
            action();
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _isEnded, true))
            return;
        _world.Remove(this);
        foreach (var stage in _stages)
            stage.Ended();
        lock (_timers)
            _timers.ForEach(static timer => timer.Dispose());
    }

    /// <summary>The outermost shell.</summary>
    private sealed class ClientStage(QuirkSession session) : QuirkStage
    {
        internal override void ToClient(LiveSessionResponse message) => session._output.Send(message);

        internal override void MediaToClient(in LiveMedia media) => session._output.SendMedia(media);

        internal override void Close(LiveClose close) => session._output.Close(close);
    }

    /// <summary>The innermost shell.</summary>
    private sealed class ModelStage(QuirkSession session) : QuirkStage
    {
        internal override void FromClient(LiveSessionRequest message) => session._inner?.Receive(message);

        internal override void AudioFromClient(ReadOnlySpan<byte> pcm, int rateHz) => session._inner?.ReceiveAudio(pcm, rateHz);
    }
}
