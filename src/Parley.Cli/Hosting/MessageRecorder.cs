using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using Parley.Cli.Recording;
using Parley.Server;
using Parley.Server.Storage;

namespace Parley.Cli.Hosting;

/// <summary>Writes every message of a server as <see cref="MessageLines"/>, one file per connection, readable by this user only.</summary>
internal sealed class MessageRecorder : ILiveWireObserver
{
    private readonly string _folder;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<string, MessageLines> _recordings = new();

    internal MessageRecorder(string folder, TimeProvider timeProvider)
    {
        PrivateFiles.CreateFolder("folder", folder, "*.jsonl");
        _folder = folder;
        _timeProvider = timeProvider;
    }

    public void Observe(string connectionId, LiveDirection direction, WebSocketMessageType type, ReadOnlySpan<byte> payload)
    {
        var recording = _recordings.GetOrAdd(
            connectionId, id => new MessageLines(Path.Combine(_folder, $"{id}.jsonl"), _timeProvider));
        recording.Write(
            direction == LiveDirection.FromClient ? MessageLines.FromClient : MessageLines.FromServer,
            type.ToString().ToLower(CultureInfo.InvariantCulture), payload, mayBeJson: type != WebSocketMessageType.Close);
        if (type == WebSocketMessageType.Close)
            _recordings.TryRemove(connectionId, out _);
    }
}
