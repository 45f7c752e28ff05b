using System.Net.WebSockets;
using Parley.Server;

namespace Parley.Testing.Cassettes;

/// <summary>Makes a cassette of raw entries: finds ids and media, counts causal positions. Not safe for use by several threads.</summary>
internal sealed class CassetteBuilder
{
    private readonly SortedDictionary<int, (string? Target, int? Status)> _connections = [];
    private readonly List<RawFrame> _frames = [];

    internal int Count => _frames.Count;

    /// <summary>Adds a connection, with the target of its upgrade request.</summary>
    internal void Open(int connection, string? target, int? refusedStatus = null) => _connections[connection] = (TargetRedaction.Clean(target), refusedStatus);

    internal void Add(int connection, TimeSpan time, LiveDirection direction, WebSocketMessageType type, byte[] payload)
    {
        _connections.TryAdd(connection, (null, null));
        _frames.Add(new RawFrame(connection, time, direction, type, payload));
    }

    internal void Close(int connection, TimeSpan time, LiveDirection direction, int code, string reason)
    {
        _connections.TryAdd(connection, (null, null));
        // The answer to a close says nothing new.
        if (!_frames.Exists(entry => entry.Connection == connection && entry.Type == WebSocketMessageType.Close))
            _frames.Add(new RawFrame(connection, time, direction, WebSocketMessageType.Close, []) { Code = code, Reason = reason });
    }

    internal void Lose(int connection, TimeSpan time, LiveDirection direction)
    {
        if (!_frames.Exists(entry => entry.Connection == connection && entry.Type == WebSocketMessageType.Close))
            _frames.Add(new RawFrame(connection, time, direction, WebSocketMessageType.Close, []));
    }

    /// <summary>Connections that ended without a close although their session was resumed later were lost: says so after their last entries.</summary>
    internal void EndResumed()
    {
        var handles = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in _frames.ToList())
        {
            foreach (var text in JsonText.Find(entry.Payload) ?? [])
            {
                if (text.Name == "newHandle" && text.Value.Length > 0)
                    handles[text.Value] = entry.Connection;
                else if (text.Path == "setup.sessionResumption.handle" && handles.TryGetValue(text.Value, out var earlier) && earlier != entry.Connection)
                    LoseAfter(_frames.FindLastIndex(last => last.Connection == earlier));
            }
        }
    }

    private void LoseAfter(int last)
    {
        var (connection, time) = (_frames[last].Connection, _frames[last].Time);
        if (!_frames.Exists(entry => entry.Connection == connection && entry.Type == WebSocketMessageType.Close))
            _frames.Insert(last + 1, new RawFrame(connection, time, LiveDirection.ToClient, WebSocketMessageType.Close, []));
    }

    internal Cassette Build(DateOnly? recorded)
    {
        var media = new MediaStore();
        var symbols = new SymbolTable();
        var clips = new Dictionary<(int, LiveDirection, string), Clip>();
        string? model = null;
        foreach (var entry in _frames.Where(static entry => entry.Type != WebSocketMessageType.Close))
        {
            entry.Texts ??= JsonText.Find(entry.Payload);
            entry.Media.Clear();
            model ??= entry.Texts?.Find(static text => text.Path == "setup.model")?.Value;
            Collect(entry, clips);
        }
        foreach (var clip in _frames.SelectMany(static entry => entry.Media.Values).Select(static part => part.Clip).Distinct())
            clip.Hash = media.Add([.. clip.Bytes], clip.MimeType, clip.RateHz);

        var counts = new Dictionary<(int, LiveDirection), int>();
        var entries = new List<CassetteEntry>();
        foreach (var entry in _frames)
        {
            var other = entry.Direction == LiveDirection.FromClient ? LiveDirection.ToClient : LiveDirection.FromClient;
            entries.Add(new CassetteEntry(media)
            {
                Connection = entry.Connection,
                Direction = entry.Direction,
                Type = entry.Type,
                Time = TimeSpan.FromMilliseconds(Math.Round(entry.Time.TotalMilliseconds)),
                After = counts.GetValueOrDefault((entry.Connection, other)),
                Message = entry.Texts is { } texts
                    ? JsonText.Replace(entry.Payload, texts, text => entry.Media.TryGetValue(text.Start, out var part) ? part.Reference : symbols.Replace(text))
                    : entry.Payload,
                CloseCode = entry.Code,
                CloseReason = entry.Reason,
            });
            if (entry.Type != WebSocketMessageType.Close)
                counts[(entry.Connection, entry.Direction)] = counts.GetValueOrDefault((entry.Connection, entry.Direction)) + 1;
        }
        return Create(entries, _connections, media, symbols.Values, model, recorded);
    }

    /// <summary>Puts entries and connections together.</summary>
    internal static Cassette Create(
        IReadOnlyList<CassetteEntry> entries, IReadOnlyDictionary<int, (string? Target, int? Status)> connections, MediaStore media,
        IReadOnlyDictionary<string, string> originals, string? model, DateOnly? recorded, bool isVertex = false)
    {
        var byConnection = entries.ToLookup(static entry => entry.Connection);
        return new Cassette(
            [.. connections.Select(pair => new CassetteConnection(pair.Key, pair.Value.Target, [.. byConnection[pair.Key]]) { RefusedStatus = pair.Value.Status })],
            entries, media, originals)
        {
            Model = model?[(model.LastIndexOf('/') + 1)..],
            Recorded = recorded,
            IsVertex = isVertex || model?.StartsWith("projects/", StringComparison.Ordinal) == true
                || connections.Values.Any(static connection => connection.Target?.Contains("LlmBidiService", StringComparison.OrdinalIgnoreCase) == true),
        };
    }

    // Adds the media of an entry to the running clips: consecutive chunks of one side are one file.
    private static void Collect(RawFrame entry, Dictionary<(int, LiveDirection, string), Clip> clips)
    {
        var isFromClient = entry.Direction == LiveDirection.FromClient;
        foreach (var data in (entry.Texts ?? []).Where(static text => text.Name == "data" && text.Value.Length > 0))
        {
            if (entry.Texts!.Find(text => text.Object == data.Object && text.Name == "mimeType")?.Value is not { } mimeType || Decode(data.Value) is not { } bytes)
                continue;
            var rateHz = MediaStore.RateOf(mimeType, isFromClient);
            var key = (entry.Connection, entry.Direction, mimeType);
            if (rateHz == 0 || !clips.TryGetValue(key, out var clip))
                clips[key] = clip = new Clip(MediaStore.KindOf(mimeType), mimeType, rateHz);
            entry.Media.Add(data.Start, new Part(clip, clip.Bytes.Count, bytes.Length));
            clip.Bytes.AddRange(bytes);
        }
        var ends = isFromClient ? entry.Media.Count == 0 : entry.Payload.AsSpan().IndexOf("\"turnComplete\""u8) >= 0 || entry.Payload.AsSpan().IndexOf("\"interrupted\""u8) >= 0;
        if (!ends)
            return;
        foreach (var key in clips.Keys.Where(key => key.Item1 == entry.Connection && key.Item2 == entry.Direction).ToList())
            clips.Remove(key);
    }

    // Only what becomes the same text again is replaced: other alphabets and missing padding stay in the message.
    private static byte[]? Decode(string base64)
    {
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(base64, bytes, out var length) && length > 0 && Convert.ToBase64String(bytes.AsSpan(0, length)) == base64
            ? bytes[..length] : null;
    }

    private sealed record RawFrame(int Connection, TimeSpan Time, LiveDirection Direction, WebSocketMessageType Type, byte[] Payload)
    {
        internal int? Code { get; init; }

        internal string? Reason { get; init; }

        internal List<JsonText>? Texts { get; set; }

        internal Dictionary<int, Part> Media { get; } = [];
    }

    private sealed class Clip(string kind, string mimeType, int rateHz)
    {
        internal string Kind => kind;

        internal string MimeType => mimeType;

        internal int RateHz => rateHz;

        internal List<byte> Bytes { get; } = [];

        internal string Hash { get; set; } = "";
    }

    private sealed record Part(Clip Clip, int Offset, int Bytes)
    {
        internal string Reference => new MediaReference(Clip.Kind, Clip.Hash, Offset, Bytes).ToString();
    }
}
