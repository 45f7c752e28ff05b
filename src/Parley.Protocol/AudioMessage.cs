using System.Buffers;
using System.Buffers.Text;
using Parley.Protocol.Codec;

namespace Parley.Protocol;

/// <summary>
/// Reads and writes messages that hold one chunk of audio and nothing else: the hot path. They are recognized without a JSON parser, and base64 is
/// converted directly between the message's buffer and the caller's, without a string or an allocation. All others go through <see cref="LiveCodec"/>.
/// </summary>
public static class AudioMessage
{
    private static ReadOnlySpan<byte> InputPrefix => "{\"realtimeInput\":{\"audio\":{\"mimeType\":\"audio/pcm;rate="u8;

    // The native rate has its own prefix: formatting and parsing five digits costs a third as much as the base64 of 20 ms.
    private static ReadOnlySpan<byte> NativeInputPrefix => "{\"realtimeInput\":{\"audio\":{\"mimeType\":\"audio/pcm;rate=16000\",\"data\":\""u8;

    private static ReadOnlySpan<byte> OutputPrefix => "{\"serverContent\":{\"modelTurn\":{\"role\":\"model\",\"parts\":[{\"inlineData\":{\"mimeType\":\"audio/pcm;rate=24000\",\"data\":\""u8;

    // Exactly as the public service writes it, spaces included.
    private static ReadOnlySpan<byte> ServiceOutputPrefix => "{\n  \"serverContent\": {\n    \"modelTurn\": {\n      \"parts\": [\n        {\n          \"inlineData\": {\n            \"mimeType\": \"audio/pcm;rate=24000\",\n            \"data\": \""u8;

    private static ReadOnlySpan<byte> ServiceOutputSuffix => "\"\n          }\n        }\n      ]\n    }\n  }\n}\n"u8;

    private static ReadOnlySpan<byte> DataPrefix => "\",\"data\":\""u8;

    private static ReadOnlySpan<byte> InputSuffix => "\"}}}"u8;

    private static ReadOnlySpan<byte> OutputSuffix => "\"}}]}}}"u8;

    /// <summary>Maximum length of the message that <see cref="WriteInput"/> writes, in bytes.</summary>
    public static int MaxInputBytes(int pcmBytes) => InputPrefix.Length + 6 + DataPrefix.Length + InputSuffix.Length + Base64.GetMaxEncodedToUtf8Length(pcmBytes);

    /// <summary>Length of the message that <see cref="WriteOutput"/> writes, in bytes.</summary>
    public static int OutputBytes(int pcmBytes) => OutputPrefix.Length + OutputSuffix.Length + Base64.GetMaxEncodedToUtf8Length(pcmBytes);

    /// <summary>
    /// Writes <c>{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"…"}}}</c> and returns its length.
    /// </summary>
    /// <param name="pcm">PCM16 little-endian mono.</param>
    /// <param name="rateHz">Its rate in Hz, from <see cref="AudioFormat.MinRateHz"/> to <see cref="AudioFormat.MaxRateHz"/>.</param>
    /// <param name="destination">At least <see cref="MaxInputBytes"/> long.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int WriteInput(ReadOnlySpan<byte> pcm, int rateHz, Span<byte> destination)
    {
        if (rateHz == AudioFormat.InputRateHz)
            return Write(NativeInputPrefix, pcm, InputSuffix, destination);
        ArgumentOutOfRangeException.ThrowIfLessThan(rateHz, AudioFormat.MinRateHz);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rateHz, AudioFormat.MaxRateHz);
        var length = Append(InputPrefix, destination, 0);
        Utf8Formatter.TryFormat(rateHz, destination[length..], out var digits);
        return length + digits + Write(DataPrefix, pcm, InputSuffix, destination[(length + digits)..]);
    }

    /// <summary>
    /// Writes <c>{"serverContent":{"modelTurn":{"role":"model","parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"…"}}]}}}</c>
    /// and returns its length.
    /// </summary>
    /// <param name="pcm">PCM16 little-endian mono at 24 kHz.</param>
    /// <param name="destination">At least <see cref="OutputBytes"/> long.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int WriteOutput(ReadOnlySpan<byte> pcm, Span<byte> destination) => Write(OutputPrefix, pcm, OutputSuffix, destination);

    /// <summary>Finds the chunk in a client message that holds one <c>realtimeInput.audio</c> and nothing else.</summary>
    /// <returns>False if the message is another one or uses unusual JSON: decode it with <see cref="LiveCodec"/>.</returns>
    public static bool TryFindInput(ReadOnlySpan<byte> message, out AudioChunk chunk) =>
        TryStrip(message, NativeInputPrefix, InputSuffix, AudioFormat.InputRateHz, out chunk) || AudioMessageScanner.TryFindInput(message, out chunk);

    /// <summary>Finds the chunk in a server message that holds one audio part of a model turn and nothing else.</summary>
    /// <returns>False if the message is another one or uses unusual JSON: decode it with <see cref="LiveCodec"/>.</returns>
    public static bool TryFindOutput(ReadOnlySpan<byte> message, out AudioChunk chunk) =>
        TryStrip(message, OutputPrefix, OutputSuffix, AudioFormat.OutputRateHz, out chunk)
        || TryStrip(message, ServiceOutputPrefix, ServiceOutputSuffix, AudioFormat.OutputRateHz, out chunk)
        || AudioMessageScanner.TryFindOutput(message, out chunk);

    // The part between may be more than one string. Then it is not base64, and decoding fails.
    private static bool TryStrip(ReadOnlySpan<byte> message, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> suffix, int rateHz, out AudioChunk chunk)
    {
        var found = message.Length >= prefix.Length + suffix.Length && message.StartsWith(prefix) && message.EndsWith(suffix);
        chunk = found ? new AudioChunk(message[prefix.Length..^suffix.Length], rateHz) : default;
        return found;
    }

    private static int Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> pcm, ReadOnlySpan<byte> suffix, Span<byte> destination)
    {
        var length = Append(prefix, destination, 0);
        if (Base64.EncodeToUtf8(pcm, destination[length..], out _, out var written) != OperationStatus.Done)
            throw new ArgumentException("The destination is too short for the message.", nameof(destination));
        return Append(suffix, destination, length + written);
    }

    private static int Append(ReadOnlySpan<byte> part, Span<byte> destination, int at)
    {
        part.CopyTo(destination[at..]);
        return at + part.Length;
    }
}

/// <summary>A chunk of audio inside a message, still in base64. Valid as long as the buffer of the message.</summary>
public readonly ref struct AudioChunk
{
    private readonly ReadOnlySpan<byte> _base64;

    internal AudioChunk(ReadOnlySpan<byte> base64, int rateHz)
    {
        _base64 = base64;
        RateHz = rateHz;
    }

    /// <summary>Rate of the audio in Hz.</summary>
    public int RateHz { get; }

    /// <summary>Length of the decoded PCM in bytes, if the base64 is well formed.</summary>
    public int PcmBytes => WireBase64.DecodedLength(_base64);

    /// <summary>Decodes into <paramref name="destination"/>, which must hold <see cref="PcmBytes"/>.</summary>
    /// <returns>False if the text is not base64: decode the message with <see cref="LiveCodec"/>, whose error says what is wrong.</returns>
    public bool TryDecode(Span<byte> destination, out int written) => WireBase64.TryDecode(_base64, destination, out written);
}
