using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using Parley.Server;

namespace Parley.Testing.Journal;

/// <summary>Writes the journal: a copy of every message, with its connection and time.</summary>
internal sealed class WireJournal(TimeProvider time) : ILiveWireObserver
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();

    internal EventLog<JournalEntry> Log { get; } = new();

    public void Observe(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
    {
        var at = time.GetElapsedTime(_started);
        var number = NumberOf(connectionId);
        Log.Add(type == WebSocketMessageType.Close
            ? new JournalEntry(number, at, direction, type, default)
            {
                CloseCode = payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload),
                CloseReason = payload.Length < 2 ? "" : Encoding.UTF8.GetString(payload[2..]),
            }
            : new JournalEntry(number, at, direction, type, payload.ToArray()));
    }

    /// <summary>Number of a connection, in the order of their first messages, from 1.</summary>
    internal int NumberOf(string connectionId)
    {
        lock (_gate)
        {
            if (!_numbers.TryGetValue(connectionId, out var number))
                _numbers.Add(connectionId, number = _numbers.Count + 1);
            return number;
        }
    }

    internal void Clear() => Log.Clear();
}
