using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using Parley.Server;

namespace Parley.Testing.Journal;

/// <summary>Writes the journals: a copy of every message into the one of the server, and into that of the test whose key opened the connection.</summary>
internal sealed class WireJournal(TimeProvider time) : ILiveWireObserver
{
    private readonly ConcurrentDictionary<string, JournalLog> _byKey = new(StringComparer.Ordinal), _byConnection = new(StringComparer.Ordinal);
    private readonly long _started = time.GetTimestamp();

    /// <summary>Called with every entry and the id of its connection.</summary>
    internal Action<string, JournalEntry>? Observed { get; set; }

    /// <summary>The journal of the server.</summary>
    internal JournalLog All { get; } = new();

    public void Opened(string connectionId, LiveCaller? caller)
    {
        if (caller is not null && _byKey.TryGetValue(caller.KeyId, out var log))
            _byConnection[connectionId] = log;
    }

    public void Observe(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
    {
        var at = time.GetElapsedTime(_started);
        var entry = type == WebSocketMessageType.Close
            ? new JournalEntry(0, at, direction, type, default)
            {
                CloseCode = payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload),
                CloseReason = payload.Length < 2 ? "" : Encoding.UTF8.GetString(payload[2..]),
            }
            : new JournalEntry(0, at, direction, type, payload.ToArray());
        All.Add(connectionId, entry);
        Observed?.Invoke(connectionId, entry);
        if (_byConnection.TryGetValue(connectionId, out var log))
            log.Add(connectionId, entry);
    }

    /// <summary>Adds the journal of a test.</summary>
    /// <param name="keyId">Id of its API key.</param>
    internal JournalLog Add(string keyId) => _byKey.GetOrAdd(keyId, static _ => new JournalLog());

    internal void Remove(string keyId)
    {
        if (!_byKey.TryRemove(keyId, out var log))
            return;
        foreach (var (connection, _) in _byConnection.Where(route => route.Value == log))
            _byConnection.TryRemove(connection, out _);
    }

    /// <summary>The first message of a connection; empty if there is none.</summary>
    internal ReadOnlyMemory<byte> FirstMessage(string connectionId)
    {
        var number = All.NumberOf(connectionId);
        return All.Entries.Snapshot.FirstOrDefault(entry => entry.Connection == number && entry.Direction == LiveDirection.FromClient)?.Payload ?? default;
    }

    /// <summary>Number of a connection in its own journal.</summary>
    internal int NumberOf(string connectionId) => (_byConnection.GetValueOrDefault(connectionId) ?? All).NumberOf(connectionId);
}
