using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Phone.Audio;

namespace Parley.Phone.Carriers;

/// <summary>
/// Writes the messages for one stream. Beginning and end of an audio frame do not change during a call, so they are made once.
/// <code>
/// {"event":"media","streamSid":"MZ…","media":{"payload":"…"}}                                                           Twilio
/// {"event":"media","media":{"payload":"…"}}                                                                             Telnyx
/// {"event":"playAudio","media":{"contentType":"audio/x-mulaw","sampleRate":8000,"payload":"…"},"streamId":"…"}          Plivo
/// </code>
/// </summary>
internal sealed class CarrierWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly byte[] _prefix, _suffix;
    private readonly PhoneCarrier _carrier;
    private readonly string _streamId;

    internal CarrierWriter(PhoneCarrier carrier, string streamId, PhoneFormat format)
    {
        (_carrier, _streamId) = (carrier, Quote(streamId));
        (_prefix, _suffix) = carrier switch
        {
            PhoneCarrier.Twilio => (Utf8($$"""{"event":"media","streamSid":{{_streamId}},"media":{"payload":" """), Utf8("\"}}")),
            PhoneCarrier.Telnyx => (Utf8("""{"event":"media","media":{"payload":" """), Utf8("\"}}")),
            _ => (Utf8(string.Create(CultureInfo.InvariantCulture,
                $$"""{"event":"playAudio","media":{"contentType":"{{(format.Encoding == PhoneEncoding.MuLaw ? "audio/x-mulaw" : "audio/x-l16")}}","sampleRate":{{format.RateHz}},"payload":" """)),
                Utf8($$"""
                "},"streamId":{{_streamId}}}
                """)),
        };
    }

    /// <summary>A frame of audio. The memory is valid until the next message is written.</summary>
    internal ReadOnlyMemory<byte> Media(ReadOnlySpan<byte> audio)
    {
        _buffer.ResetWrittenCount();
        _buffer.Write(_prefix);
        Base64.EncodeToUtf8(audio, _buffer.GetSpan(Base64.GetMaxEncodedToUtf8Length(audio.Length)), out _, out var written);
        _buffer.Advance(written);
        _buffer.Write(_suffix);
        return _buffer.WrittenMemory;
    }

    /// <summary>Asks the carrier to report when everything before was played.</summary>
    internal ReadOnlyMemory<byte> Mark(string name) => Control(_carrier switch
    {
        PhoneCarrier.Twilio => $$$"""{"event":"mark","streamSid":{{{_streamId}}},"mark":{"name":"{{{name}}}"}}""",
        PhoneCarrier.Telnyx => $$$"""{"event":"mark","mark":{"name":"{{{name}}}"}}""",
        _ => $$"""{"event":"checkpoint","streamId":{{_streamId}},"name":"{{name}}"}""",
    });

    /// <summary>Makes the carrier drop what it has not played yet.</summary>
    internal ReadOnlyMemory<byte> Clear() => Control(_carrier switch
    {
        PhoneCarrier.Twilio => $$"""{"event":"clear","streamSid":{{_streamId}}}""",
        PhoneCarrier.Telnyx => """{"event":"clear"}""",
        _ => $$"""{"event":"clearAudio","streamId":{{_streamId}}}""",
    });

    private ReadOnlyMemory<byte> Control(string json)
    {
        _buffer.ResetWrittenCount();
        _buffer.Advance(Encoding.UTF8.GetBytes(json, _buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(json.Length))));
        return _buffer.WrittenMemory;
    }

    // The trailing space keeps a quote apart from the end of a raw literal.
    private static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(json.TrimEnd(' '));

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
