using Parley.Testing.Phone;

namespace Parley.Testing;

// The call itself: one step each 20 ms, and its end. All state is guarded by the gate.
public sealed partial class VirtualCaller
{
    private const int MaxProblems = 100;

    /// <summary>A longer time without audio is a pause that the server makes.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(200);

    /// <summary>Steps between two keys.</summary>
    private const int KeySteps = 10;

    private readonly Lock _gate = new();
    private readonly EventLog<CallerEvent> _events = new();
    private readonly List<string> _problems = [];
    private readonly List<(TimeSpan At, TimeSpan Length)> _gaps = [];
    private readonly CallerCodec _codec;
    private readonly HeardAudio _heard;
    private readonly Impairment _uplink, _downlink;
    private readonly PlayoutBuffer _buffer = new();
    private readonly short[] _frame;

    // Marks whose audio ends with the frame that is being played.
    private readonly List<string> _finishing = [];
    private readonly Queue<Speech> _speeches = [];
    private readonly Queue<(char Key, TaskCompletionSource<bool>? Done)> _keys = [];

    // Frames and messages on their way, with the step at which they arrive.
    private readonly PriorityQueue<(CallerFrame Frame, long? Sequence), (long Step, long Number)> _outgoing = new();
    private readonly Queue<(ServerMessage Message, long Step)> _incoming = [];

    private State _state = State.Talking;
    private CallerEnd? _end;
    private CallerTraffic _sent, _played;
    private long _start, _step, _number, _lastOutgoing, _lastIncoming, _nextKey;
    private bool _isPlaying;
    private TimeSpan? _dryAt;

    private enum State
    {
        Talking,
        HangingUp,
        Ended,
    }

    private void Begin()
    {
        lock (_gate)
        {
            _start = _time.GetTimestamp();
            foreach (var message in _protocol.Opening())
                Send(message);
            // The step at time zero: nothing is there yet.
            Hear();
            _running = _socket.RunAsync(Receive, OnSocketEnded);
            Arm();
        }
    }

    // The schedule is absolute, so that a late timer does not slow the call down; each step has its nominal time.
    private void Tick()
    {
        lock (_gate)
        {
            while (_state == State.Talking && TimeOf(_step + 1) <= Elapsed)
            {
                _step++;
                Step();
            }
            Arm();
        }
    }

    private void Arm()
    {
        if (_state != State.Talking)
            return;
        var due = TimeOf(_step + 1) - Elapsed;
        _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Step()
    {
        while (_incoming.TryPeek(out var late) && late.Step <= _step)
            Handle(_incoming.Dequeue().Message, TimeOf(_step));

        string[] finished = [.. _finishing];
        _finishing.Clear();
        foreach (var name in finished)
            ReturnMark(name, CallerEventKind.MarkPlayed, TimeOf(_step));

        Hear();
        PressKey();
        Speak();
        while (_outgoing.TryPeek(out _, out var due) && due.Step <= _step)
        {
            var (frame, sequence) = _outgoing.Dequeue();
            Send(_protocol.Media(frame, sequence ?? _protocol.NextSequence()));
        }
    }

    // Plays the frame that begins now.
    private void Hear()
    {
        var count = _buffer.Play(_frame, _finishing);
        NoteGap(count);
        _isPlaying = count > 0;
        if (_isPlaying)
        {
            _played = _played with { Frames = _played.Frames + 1 };
            if (_downlink.IsLost())
            {
                _played = _played with { Lost = _played.Lost + 1 };
                _frame.AsSpan().Clear();
            }
        }
        if (_heard.Add(_frame) is { } change)
            Report(change);
    }

    // The buffer runs dry within a frame or between two.
    private void NoteGap(int count)
    {
        var now = TimeOf(_step);
        if (count > 0 && _dryAt is { } dry)
        {
            if (now - dry < LongestGap)
                _gaps.Add((dry, now - dry));
            _dryAt = null;
        }
        if (count > 0 ? count < _frame.Length : _isPlaying)
            _dryAt ??= now + DurationOf(count);
    }

    private void PressKey()
    {
        if (_step < _nextKey || !_keys.TryDequeue(out var press))
            return;
        _nextKey = _step + KeySteps;
        Send(_protocol.Key(press.Key));
        Report(new CallerEvent(TimeOf(_step), CallerEventKind.KeyPressed, press.Key.ToString()));
        press.Done?.TrySetResult(true);
    }

    // Sends the frame that ends now.
    private void Speak()
    {
        var began = TimeOf(_step - 1);
        byte[] payload;
        if (_speeches.TryPeek(out var speech))
        {
            if (speech.Position == 0)
                Report(new CallerEvent(began, CallerEventKind.SpeechStarted));
            payload = _codec.Encode(speech.Samples.AsSpan(speech.Position, _codec.FrameSamples));
            speech.Position += _codec.FrameSamples;
            if (speech.Position == speech.Samples.Length)
                EndSpeech(completed: true);
        }
        else
        {
            payload = _codec.Encode(new short[_codec.FrameSamples]);
        }

        _sent = _sent with { Frames = _sent.Frames + 1 };
        if (_uplink.IsLost())
        {
            _sent = _sent with { Lost = _sent.Lost + 1 };
            return;
        }
        var due = _step;
        if (_uplink.IsLate())
        {
            _sent = _sent with { Late = _sent.Late + 1 };
            due += _uplink.LateFrames;
        }
        if (_protocol.KeepsOrder)
            due = _lastOutgoing = Math.Max(due, _lastOutgoing);
        _number++;
        _outgoing.Enqueue((new CallerFrame(_number, began, payload), _protocol.KeepsOrder ? null : _protocol.NextSequence()), (due, _number));
    }

    private void EndSpeech(bool completed)
    {
        var speech = _speeches.Dequeue();
        if (speech.Position > 0)
            Report(new CallerEvent(TimeOf(_step), CallerEventKind.SpeechEnded, Length: DurationOf(speech.Position)));
        speech.Done.TrySetResult(completed);
    }

    private void EndSpeeches()
    {
        while (_speeches.Count > 0)
            EndSpeech(completed: false);
    }

    private void Send(byte[] message)
    {
        if (!_socket.Send(message) && _state == State.Talking && _problems.Count < MaxProblems)
            _problems.Add("The server does not read; a message of the caller was dropped.");
    }

    private void OnSocketEnded(int? code, string reason)
    {
        lock (_gate)
        {
            if (_state == State.Talking)
                EndTalking(new CallerEnd(Elapsed, ByCaller: false, code, reason));
            _state = State.Ended;
            _end = _end! with { CloseCode = code, Reason = _end.Reason.Length > 0 ? _end.Reason : code is null && _end.ByCaller ? "" : reason };
            _closeTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        _completion.TrySetResult(_end);
    }

    private void EndTalking(CallerEnd end)
    {
        (_state, _end) = (State.HangingUp, end);
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        EndSpeeches();
        while (_keys.TryDequeue(out var press))
            press.Done?.TrySetResult(false);
        if (_heard.End() is { } sound)
            Report(sound);
        Report(new CallerEvent(end.At, CallerEventKind.Ended, end.Reason, DurationOf(_buffer.Samples)));
    }

    // A fault of this class; the call cannot go on.
    private void Fail(Exception e)
    {
        lock (_gate)
        {
            _problems.Add(e.ToString());
            if (_state == State.Talking)
                EndTalking(new CallerEnd(Elapsed, ByCaller: true, null, e.Message));
        }
        _socket.Abort();
    }

    private void Report(CallerEvent change)
    {
        _events.Add(change);
        _options.Observer?.Invoke(change);
    }

    private TimeSpan DurationOf(long samples) => TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / _codec.SampleRateHz);

    private static TimeSpan TimeOf(long steps) => steps * CallerCodec.Frame;

    private sealed class Speech(short[] samples)
    {
        internal short[] Samples { get; } = samples;

        internal int Position { get; set; }

        internal TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
