using Parley.Server;

namespace Parley.Testing.Cassettes;

/// <summary>What is being recorded, after what an existing cassette has. Safe for use by many threads.</summary>
internal sealed class CassetteRecording
{
    private readonly Lock _gate = new();
    private readonly CassetteBuilder _builder = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _offset;
    private int _connections;

    internal CassetteRecording(TimeProvider time, Cassette? existing)
    {
        (_time, _started) = (time, time.GetTimestamp());
        if (existing is null)
            return;
        _offset = existing.Entries.Count == 0 ? TimeSpan.Zero : existing.Entries.Max(static entry => entry.Time);
        foreach (var connection in existing.Connections)
            _builder.Open(_connections = connection.Number, connection.Target, connection.RefusedStatus);
        foreach (var entry in existing.Entries)
        {
            if (entry.IsMessage)
                _builder.Add(entry.Connection, entry.Time, entry.Direction, entry.Type, entry.Expand(existing.ValueOf));
            else if (entry.CloseCode is { } code)
                _builder.Close(entry.Connection, entry.Time, entry.Direction, code, entry.CloseReason ?? "");
            else
                _builder.Lose(entry.Connection, entry.Time, entry.Direction);
        }
    }

    /// <summary>Something was recorded.</summary>
    internal bool HasNew { get; private set; }

    internal int Open(string target, int? refusedStatus = null)
    {
        lock (_gate)
        {
            HasNew = true;
            _builder.Open(++_connections, target, refusedStatus);
            return _connections;
        }
    }

    internal void Add(int connection, LiveDirection direction, WireMessage message)
    {
        lock (_gate)
            _builder.Add(connection, Now, direction, message.Type, message.Payload.ToArray());
    }

    /// <summary>The end of a connection; without a code it was lost.</summary>
    internal void End(int connection, LiveDirection direction, (int Code, string Reason)? close)
    {
        lock (_gate)
        {
            if (close is { } known)
                _builder.Close(connection, Now, direction, known.Code, known.Reason);
            else
                _builder.Lose(connection, Now, direction);
        }
    }

    internal Cassette Build()
    {
        lock (_gate)
            return _builder.Build(DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime));
    }

    private TimeSpan Now => _offset + _time.GetElapsedTime(_started);
}
