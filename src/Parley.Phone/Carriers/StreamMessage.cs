namespace Parley.Phone.Carriers;

/// <summary>A message of a stream as read; one object a call, filled again for each message.</summary>
internal sealed class StreamMessage
{
    private byte[] _payload = new byte[1 << 10];

    internal StreamEvent Event { get; set; }

    /// <summary>Number of a media frame; null if it has none.</summary>
    internal long? Chunk { get; set; }

    /// <summary>Time stamp of a media frame; null if it has none.</summary>
    internal long? Time { get; set; }

    /// <summary>The frame is what we sent, not what the caller said (<c>both_tracks</c>).</summary>
    internal bool IsOutbound { get; set; }

    /// <summary>Audio of a media frame; null if the message has none or it is not base64.</summary>
    internal ReadOnlyMemory<byte>? Audio { get; private set; }

    /// <summary>Name of the mark.</summary>
    internal string? Mark { get; set; }

    internal string? Digit { get; set; }

    internal StreamStart? Start { get; set; }

    /// <summary>Code and title of an error of the carrier.</summary>
    internal string? Error { get; set; }

    internal void Reset() => (Event, Chunk, Time, IsOutbound, Audio, Mark, Digit, Start, Error) = (StreamEvent.Unknown, null, null, false, null, null, null, null, null);

    /// <summary>Decodes base64 into the buffer of the message.</summary>
    internal void SetAudio(ReadOnlySpan<byte> base64)
    {
        var most = System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(base64.Length);
        if (_payload.Length < most)
            _payload = new byte[most];
        var status = System.Buffers.Text.Base64.DecodeFromUtf8(base64, _payload, out _, out var written);
        // Not a conditional expression: its null would be an empty memory.
        if (status == System.Buffers.OperationStatus.Done)
            Audio = _payload.AsMemory(0, written);
    }
}
