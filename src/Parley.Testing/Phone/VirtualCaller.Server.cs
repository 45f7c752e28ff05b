using System.Net.WebSockets;
using Parley.Testing.Phone;

namespace Parley.Testing;

// The messages of the server. Called under the gate, but for Receive.
public sealed partial class VirtualCaller
{
    /// <summary>A carrier keeps a limited amount of audio; more than this is a fault of the server.</summary>
    private static readonly TimeSpan MaxBuffered = TimeSpan.FromMinutes(5);

    private void Receive(ReadOnlyMemory<byte> bytes, WebSocketMessageType type)
    {
        lock (_gate)
        {
            if (_state != State.Talking)
                return;
            var message = type == WebSocketMessageType.Text ? _protocol.Read(bytes) : ServerMessage.Invalid("A message is binary; carriers read text.");
            var due = _step;
            if (message.Kind == ServerMessageKind.Audio && _downlink.IsLate())
            {
                _played = _played with { Late = _played.Late + 1 };
                due += _downlink.LateFrames;
            }
            if (due == _step && _incoming.Count == 0)
            {
                Handle(message, Elapsed);
                return;
            }
            _lastIncoming = Math.Max(due, _lastIncoming);
            _incoming.Enqueue((message, _lastIncoming));
        }
    }

    private void Handle(ServerMessage message, TimeSpan at)
    {
        switch (message.Kind)
        {
            case ServerMessageKind.Audio:
                var samples = _codec.Decode(message.Payload);
                if (DurationOf(_buffer.Samples + samples.Length) > MaxBuffered)
                    Complain($"More than {MaxBuffered.TotalMinutes:0} minutes of audio are waiting to be played; the rest is dropped.");
                else
                    _buffer.Add(samples);
                break;
            case ServerMessageKind.Mark:
                AddMark(message.Text, at);
                break;
            case ServerMessageKind.Clear:
                var (dropped, marks) = _buffer.Clear();
                // Long ago: what comes next is another answer, and the silence until then no gap.
                _dryAt = TimeSpan.FromDays(-1);
                Report(new CallerEvent(at, CallerEventKind.Cleared, Length: DurationOf(dropped)));
                foreach (var name in marks)
                    ReturnMark(name, CallerEventKind.MarkCleared, at);
                if (_protocol.Cleared() is { } confirmation)
                    Send(confirmation);
                break;
            default:
                Complain(message.Text);
                break;
        }
    }

    private void AddMark(string name, TimeSpan at)
    {
        Report(new CallerEvent(at, CallerEventKind.MarkReceived, name));
        if (!_buffer.IsEmpty)
            _buffer.AddMark(name);
        else if (_isPlaying)
            _finishing.Add(name);
        else
            ReturnMark(name, CallerEventKind.MarkPlayed, at);
    }

    private void ReturnMark(string name, CallerEventKind kind, TimeSpan at)
    {
        Report(new CallerEvent(at, kind, name));
        if (kind == CallerEventKind.MarkPlayed || _protocol.ReturnsClearedMarks)
            Send(_protocol.Mark(name));
    }

    private void Complain(string problem)
    {
        if (_problems.Count < MaxProblems)
            _problems.Add(problem);
        if (_protocol.Error(problem) is { } error)
            Send(error);
    }
}
