using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Parley.Testing.Wire;

/// <summary>Head of an HTTP/1.1 request or response.</summary>
internal sealed class HttpHead
{
    /// <summary>A longer head passes unparsed; Kestrel refuses it by default.</summary>
    private const int MaxBytes = 32 << 10;

    private readonly List<KeyValuePair<string, string>> _headers;

    private HttpHead(string startLine, List<KeyValuePair<string, string>> headers) => (StartLine, _headers) = (startLine, headers);

    internal string StartLine { get; private set; }

    /// <summary>Path and query of a request.</summary>
    internal string Target => StartLine.Split(' ') is [_, var target, ..] ? target : "";

    /// <summary>Status of a response; 0 if it has none.</summary>
    internal int Status => StartLine.Split(' ') is [_, var status, ..] && int.TryParse(status, out var code) ? code : 0;

    /// <summary>The headers by name; several values are joined.</summary>
    internal IReadOnlyDictionary<string, string> Headers => _headers
        .GroupBy(static header => header.Key, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(static group => group.Key, static group => string.Join(", ", group.Select(static header => header.Value)), StringComparer.OrdinalIgnoreCase);

    internal bool IsWebSocketUpgrade =>
        StartLine.StartsWith("GET ", StringComparison.Ordinal) && Headers.TryGetValue("Upgrade", out var upgrade)
        && upgrade.Contains("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a head and what ends it; null, and nothing consumed, if there is none.</summary>
    internal static async ValueTask<HttpHead?> ReadAsync(
        PipeReader reader, Func<PipeReader, CancellationToken, ValueTask<ReadResult>> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await read(reader, cancellationToken).ConfigureAwait(false);
            var search = new SequenceReader<byte>(result.Buffer);
            if (search.TryReadTo(out ReadOnlySequence<byte> bytes, "\r\n\r\n"u8) && Parse(Encoding.Latin1.GetString(bytes)) is { } head)
            {
                reader.AdvanceTo(search.Position);
                return head;
            }
            if (!bytes.IsEmpty || result.IsCompleted || result.Buffer.Length > MaxBytes)
            {
                reader.AdvanceTo(result.Buffer.Start);
                return null;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Sets a header; null removes it.</summary>
    internal void Set(string name, string? value)
    {
        _headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (value is not null)
            _headers.Add(new(name, value));
    }

    /// <summary>Puts the beginning of a path before the target.</summary>
    internal void Prefix(string path)
    {
        var parts = StartLine.Split(' ', 3);
        if (parts.Length == 3)
            StartLine = $"{parts[0]} {path}{parts[1]} {parts[2]}";
    }

    internal byte[] ToBytes()
    {
        var text = new StringBuilder(StartLine).Append("\r\n");
        foreach (var (name, value) in _headers)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    private static HttpHead? Parse(string text)
    {
        var lines = text.Split("\r\n");
        if (!lines[0].Contains("HTTP/1.", StringComparison.Ordinal))
            return null;
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var line in lines.AsSpan(1))
        {
            // A folded or nameless header is for the server to refuse.
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || char.IsWhiteSpace(line[0]))
                return null;
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }
        return new HttpHead(lines[0], headers);
    }
}
