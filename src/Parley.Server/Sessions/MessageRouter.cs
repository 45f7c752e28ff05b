using System.Buffers;
using Parley.Protocol;
using Parley.Server.Telemetry;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>
/// Routes the messages of a running session: audio goes to the model as bytes, everything else as a decoded message. A message with nothing but audio is
/// never parsed. PCM is one stream of bytes: if a chunk ends within a sample, the first half is kept for the next chunk.
/// </summary>
/// <param name="model">Receives the messages.</param>
/// <param name="compatibility">What is accepted.</param>
/// <param name="rules">Checked first.</param>
/// <param name="marksActivity">The client marks its activity: audio before the first mark closes with 1007, as in the public service.</param>
/// <param name="meter">Counts messages; null = none.</param>
/// <param name="dialect">The dialect of its client; null = that of the Developer API.</param>
internal sealed class MessageRouter(
    ILiveModelSession model, LiveCompatibility compatibility, MessageRules rules, bool marksActivity = false, SessionMeter? meter = null, VertexDialect? dialect = null)
{
    private const int None = -1;

    private int _halfSample = None;
    private int _halfSampleRateHz;
    private bool _awaitsActivity = marksActivity;

    internal ILiveModelSession Model => model;

    /// <exception cref="LiveProtocolException">The message breaks the protocol.</exception>
    /// <exception cref="LiveCloseException">The message breaks a rule of the session.</exception>
    internal void Receive(ReadOnlySpan<byte> message, in ClientPeek peek)
    {
        rules.Check(peek, message.Length);
        if (peek.HasChunk)
        {
            if (TryReceiveAudio(peek.Chunk))
                return;
            // Not valid base64: other members may be hidden between its first and last bytes.
            rules.Check(ClientPeek.ReadWhole(message), message.Length);
        }
        var request = LiveCodec.DecodeRequest(message, compatibility);
        if (dialect is not null)
            request = dialect.FromClient(request);
        meter?.ClientMessage(request);
        if (request.RealtimeInput is { } input)
            Receive(input);
        else if (request is not { ClientContent: null, ToolResponse: null, ContextUpdate: null })
            model.Receive(request);
    }

    private bool TryReceiveAudio(in AudioChunk chunk)
    {
        // One byte in front for the half sample of the previous chunk.
        var buffer = ArrayPool<byte>.Shared.Rent(1 + chunk.PcmBytes);
        try
        {
            if (!chunk.TryDecode(buffer.AsSpan(1), out var bytes))
                return false;
            ReceiveAudio(buffer.AsSpan(0, 1 + bytes), chunk.RateHz);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ReceiveAudio(Blob audio)
    {
        if (!AudioFormat.TryParseInputRate(audio.MimeType, out var rateHz))
            throw new LiveCloseException(LiveClose.InvalidArgument);
        var pcm = audio.Data.GetValueOrDefault().Span;
        var buffer = ArrayPool<byte>.Shared.Rent(1 + pcm.Length);
        try
        {
            pcm.CopyTo(buffer.AsSpan(1));
            ReceiveAudio(buffer.AsSpan(0, 1 + pcm.Length), rateHz);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <param name="bytes">One free byte, then the chunk.</param>
    /// <param name="rateHz">Its rate.</param>
    private void ReceiveAudio(Span<byte> bytes, int rateHz)
    {
        // Only the first: a microphone that stops a little after activityEnd is no error.
        if (_awaitsActivity)
            throw new LiveCloseException(LiveClose.InvalidArgument);
        var start = 1;
        if (_halfSample != None && _halfSampleRateHz == rateHz)
        {
            bytes[0] = (byte)_halfSample;
            start = 0;
        }
        var pcm = bytes[start..];
        _halfSample = None;
        if ((pcm.Length & 1) != 0)
        {
            (_halfSample, _halfSampleRateHz) = (pcm[^1], rateHz);
            pcm = pcm[..^1];
        }
        if (!pcm.IsEmpty)
            model.ReceiveAudio(pcm, rateHz);
    }

    // Members may be combined, though no known client does so. They take effect in this order: the start of an activity, its content, its end.
    private void Receive(RealtimeInput input)
    {
        var (audio, video) = (input.Audio, input.Video);
        if (input.MediaChunks is [var chunk, ..])
        {
            if (new MediaType(chunk.MimeType).IsImage)
                video ??= chunk;
            else
                audio ??= chunk;
        }
        if (video is not null && !new MediaType(video.MimeType).IsImage)
            throw new LiveCloseException(LiveClose.InvalidArgument);

        if (input.ActivityStart is not null)
        {
            (_halfSample, _awaitsActivity) = (None, false);
            model.Receive(Request(new RealtimeInput { ActivityStart = input.ActivityStart }));
        }
        if (audio is not null)
            ReceiveAudio(audio);
        if (video is not null || input.Text is not null)
            model.Receive(Request(new RealtimeInput { Video = video, Text = input.Text }));
        if (input.ActivityEnd is null && input.AudioStreamEnd is not true)
            return;
        _halfSample = None;
        model.Receive(Request(new RealtimeInput { ActivityEnd = input.ActivityEnd, AudioStreamEnd = input.AudioStreamEnd }));
    }

    private static LiveSessionRequest Request(RealtimeInput input) => new() { RealtimeInput = input };
}
