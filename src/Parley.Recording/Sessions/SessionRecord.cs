using System.Buffers;
using System.Threading.Channels;
using Parley.Protocol;
using Parley.Recording.Timeline;
using Parley.Server;
using Parley.Server.Sessions;

namespace Parley.Recording.Sessions;

/// <summary>
/// The messages of one session for its record. The session never waits: it copies what it receives and sends into batches of about a second, which a
/// worker takes. A worker that is behind by <see cref="MaxWaitingBytes"/> ends the record.
/// </summary>
internal sealed class SessionRecord : ISessionRecording
{
    /// <summary>About 50 s of both voices.</summary>
    internal const int MaxWaitingBytes = 4 << 20;

    private const int BatchBytes = 32 << 10;

    private readonly Lock _gate = new();
    private readonly Channel<RecordItem[]> _batches = Channel.CreateUnbounded<RecordItem[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TimeProvider _time;
    private readonly List<RecordItem> _pending = [];
    private long _started = -1;
    private int _pendingBytes, _waitingBytes;
    private bool _isClosed;

    internal SessionRecord(TimeProvider time, IReadOnlyList<LiveSessionResponse> announcement, TimeSpan announcementLength) =>
        (_time, Announcement, AnnouncementLength) = (time, announcement, announcementLength);

    public IReadOnlyList<LiveSessionResponse> Announcement { get; }

    public TimeSpan AnnouncementLength { get; }

    /// <summary>How the connection ended; null while it has not.</summary>
    internal SessionRecordingEnd? Ended { get; private set; }

    /// <summary>Position of the end.</summary>
    internal long EndPosition { get; private set; }

    /// <summary>The worker could not keep up.</summary>
    internal bool HasOverflowed { get; private set; }

    /// <summary>Whether the session has started.</summary>
    internal bool HasStarted => Volatile.Read(ref _started) >= 0;

    /// <summary>The time, in samples since the record began.</summary>
    internal long Now => HasStarted ? StereoTimeline.SamplesOf(_time.GetElapsedTime(Volatile.Read(ref _started))) : 0;

    public void Message(LiveDirection direction, ReadOnlySpan<byte> payload)
    {
        var isFromClient = direction == LiveDirection.FromClient;
        var isAudio = isFromClient ? AudioMessage.TryFindInput(payload, out var chunk) : AudioMessage.TryFindOutput(payload, out chunk);
        lock (_gate)
        {
            if (_isClosed)
                return;
            if (_started < 0)
                Volatile.Write(ref _started, _time.GetTimestamp());
            if (_waitingBytes + payload.Length > MaxWaitingBytes)
            {
                HasOverflowed = true;
                Close();
                return;
            }
            var buffer = ArrayPool<byte>.Shared.Rent(isAudio ? chunk.PcmBytes : payload.Length);
            if (isAudio && chunk.TryDecode(buffer, out var written))
            {
                Add(new RecordItem(isFromClient ? RecordItemKind.UserAudio : RecordItemKind.ModelAudio, Now, buffer, written, chunk.RateHz));
                return;
            }
            if (isAudio)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
            }
            payload.CopyTo(buffer);
            Add(new RecordItem(isFromClient ? RecordItemKind.FromClient : RecordItemKind.ToClient, Now, buffer, payload.Length, 0));
        }
    }

    public void End(in SessionRecordingEnd end)
    {
        lock (_gate)
        {
            Ended = end;
            if (!_isClosed)
                Close();
        }
    }

    /// <summary>Takes no more messages: the record has failed.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            if (!_isClosed)
                Close();
        }
        while (_batches.Reader.TryRead(out var batch))
            Return(batch);
    }

    /// <summary>Waits for the next batch; false = there are no more.</summary>
    internal ValueTask<bool> WaitAsync() => _batches.Reader.WaitToReadAsync();

    /// <summary>The next batch, to be given to <see cref="Return"/>.</summary>
    internal bool TryRead(out RecordItem[] batch) => _batches.Reader.TryRead(out batch!);

    internal void Return(RecordItem[] batch)
    {
        var bytes = 0;
        foreach (var item in batch)
        {
            bytes += item.Length;
            item.Return();
        }
        Interlocked.Add(ref _waitingBytes, -bytes);
    }

    private void Add(in RecordItem item)
    {
        _pending.Add(item);
        _pendingBytes += item.Length;
        Interlocked.Add(ref _waitingBytes, item.Length);
        // Everything but audio may be the last for a while.
        if (_pendingBytes >= BatchBytes || !item.IsAudio)
            Publish();
    }

    private void Publish()
    {
        if (_pending.Count == 0)
            return;
        _batches.Writer.TryWrite([.. _pending]);
        _pending.Clear();
        _pendingBytes = 0;
    }

    private void Close()
    {
        _isClosed = true;
        EndPosition = Now;
        Publish();
        _batches.Writer.TryComplete();
    }
}
