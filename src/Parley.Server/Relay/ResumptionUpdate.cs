using System.Text.Json;

namespace Parley.Server.Relay;

/// <summary>A <c>sessionResumptionUpdate</c> of an upstream. It is forwarded with a handle of this server in place of the upstream's, otherwise byte for byte.</summary>
internal readonly struct ResumptionUpdate
{
    private readonly Range _handleAt, _indexAt;

    private ResumptionUpdate(string? handle, Range handleAt, bool isResumable, long? index, Range indexAt) =>
        (Handle, _handleAt, IsResumable, Index, _indexAt) = (handle, handleAt, isResumable, index, indexAt);

    /// <summary>The upstream's handle; null if there is none.</summary>
    internal string? Handle { get; }

    internal bool IsResumable { get; }

    /// <summary>Messages of this connection that the upstream has consumed; null if it does not report them.</summary>
    internal long? Index { get; }

    /// <param name="message">The whole message.</param>
    /// <param name="at">The position of the update's value in it.</param>
    internal static ResumptionUpdate Read(ReadOnlySpan<byte> message, Range at)
    {
        var start = at.Start.Value;
        var reader = new Utf8JsonReader(message[at]);
        string? handle = null;
        Range handleAt = default, indexAt = default;
        long? index = null;
        var resumable = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("newHandle"u8) && reader.Read())
            {
                handleAt = (start + (int)reader.TokenStartIndex)..(start + (int)reader.BytesConsumed);
                handle = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
            else if (reader.ValueTextEquals("lastConsumedClientMessageIndex"u8) && reader.Read())
            {
                indexAt = (start + (int)reader.TokenStartIndex)..(start + (int)reader.BytesConsumed);
                index = reader.TokenType switch
                {
                    JsonTokenType.String when long.TryParse(reader.GetString(), out var text) => text,
                    JsonTokenType.Number when reader.TryGetInt64(out var number) => number,
                    _ => null,
                };
            }
            else if (reader.ValueTextEquals("resumable"u8) && reader.Read())
                resumable = reader.TokenType == JsonTokenType.True;
            else
                reader.Skip();
        }
        return new ResumptionUpdate(string.IsNullOrEmpty(handle) ? null : handle, handleAt, resumable, index, indexAt);
    }

    /// <summary>The message with a handle of this server, and with the index counted from the client's first message.</summary>
    internal byte[] Rewrite(ReadOnlySpan<byte> message, string handle, long consumedBefore)
    {
        var edits = new List<(Range At, byte[] Bytes)> { (_handleAt, JsonSerializer.SerializeToUtf8Bytes(handle, RelayJson.Default.String)) };
        if (Index is { } index && consumedBefore > 0)
            edits.Add((_indexAt, System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"\"{index + consumedBefore}\""))));
        edits.Sort(static (a, b) => a.At.Start.Value.CompareTo(b.At.Start.Value));
        var output = new List<byte>(message.Length + 128);
        var at = 0;
        foreach (var (range, bytes) in edits)
        {
            output.AddRange(message[at..range.Start.Value]);
            output.AddRange(bytes);
            at = range.End.Value;
        }
        output.AddRange(message[at..]);
        return [.. output];
    }
}
