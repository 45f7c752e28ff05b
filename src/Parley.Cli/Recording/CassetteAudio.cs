using Parley.Protocol;
using Parley.Server;
using Parley.Testing;

namespace Parley.Cli.Recording;

/// <summary>
/// The audio of a recording on one time axis, both sides mixed: what the client sent when it was sent, and what the server sent as a loudspeaker would have played it, cut
/// off at interruptions. A recording without times is played message by message.
/// </summary>
internal sealed class CassetteAudio
{
    private const int RateHz = AudioFormat.OutputRateHz;

    private readonly List<short> _mixed = [];
    private readonly Dictionary<(int, bool), (Resampler Resampler, int RateHz)> _resamplers = [];
    private readonly List<RecordedMessage> _messages = [];
    private TimeSpan _shift;
    private long _modelEnd, _modelKept;

    private CassetteAudio()
    {
    }

    internal static (WavFile Audio, IReadOnlyList<RecordedMessage> Messages) Of(Cassette cassette)
    {
        var audio = new CassetteAudio();
        var hasTimes = cassette.Entries.Any(static entry => entry.Time > TimeSpan.Zero);
        foreach (var entry in cassette.Entries.Where(static entry => entry.CloseCode is null && !entry.IsLost))
            audio.Add(entry, cassette.PayloadOf(entry).Span, hasTimes);
        return (new WavFile(RateHz, audio._mixed.ToArray()), audio._messages);
    }

    private void Add(CassetteEntry entry, ReadOnlySpan<byte> payload, bool hasTimes)
    {
        var at = entry.Time + _shift;
        if (CallRecording.TryParse(payload) is not { } json)
            return;
        var isFromClient = entry.Direction == LiveDirection.FromClient;
        _messages.Add(new RecordedMessage(at, isFromClient, json));
        if (!isFromClient && json.TryGetProperty("serverContent", out var content) && content.ValueKind == System.Text.Json.JsonValueKind.Object
            && content.TryGetProperty("interrupted", out _))
        {
            Interrupt(SamplesOf(at));
        }
        foreach (var (pcm, rateHz) in Blobs(payload, isFromClient))
        {
            var samples = Resample((entry.Connection, isFromClient), pcm, rateHz);
            // The client's audio ends when it is sent; the server's begins, or follows what is still being played.
            var start = !hasTimes || !isFromClient ? SamplesOf(at) : Math.Max(0, SamplesOf(at) - samples.Length);
            if (!isFromClient && hasTimes)
                start = Math.Max(start, _modelEnd);
            Mix(samples, start);
            if (!isFromClient)
                _modelEnd = start + samples.Length;
            if (!hasTimes)
                _shift += TimeSpan.FromSeconds((double)samples.Length / RateHz);
            at = entry.Time + _shift;
        }
    }

    private static List<(byte[] Pcm, int RateHz)> Blobs(ReadOnlySpan<byte> payload, bool isFromClient)
    {
        try
        {
            var blobs = isFromClient
                ? LiveCodec.DecodeRequest(payload).RealtimeInput is { } input ? (input.Audio is { } audio ? [audio] : Enumerable.Empty<Blob>()).Concat(input.MediaChunks ?? []) : []
                : (LiveCodec.DecodeResponse(payload).ServerContent?.ModelTurn?.Parts ?? []).Select(static part => part.InlineData).OfType<Blob>();
            return [.. blobs.Where(static blob => blob.MimeType?.StartsWith("audio/pcm", StringComparison.OrdinalIgnoreCase) == true).Select(blob => (
                blob.Data.GetValueOrDefault().ToArray(),
                AudioFormat.TryParseRate(blob.MimeType, isFromClient ? AudioFormat.InputRateHz : RateHz, out var rateHz) ? rateHz : RateHz))];
        }
        catch (LiveProtocolException)
        {
            // Not a message of the protocol, so nobody has heard it.
            return [];
        }
    }

    private short[] Resample((int, bool) side, byte[] pcm, int rateHz)
    {
        var samples = Pcm.ToSamples(pcm.AsSpan(0, pcm.Length & ~1));
        if (rateHz == RateHz)
            return samples;
        if (!_resamplers.TryGetValue(side, out var known) || known.RateHz != rateHz)
            _resamplers[side] = known = (new Resampler(rateHz, RateHz), rateHz);
        var output = new short[known.Resampler.MaxOutputSamples(samples.Length)];
        return output[..known.Resampler.Process(samples, output)];
    }

    private void Interrupt(long at)
    {
        // Of what was sent ahead, nothing was heard after this moment.
        for (var i = (int)Math.Max(at, _modelKept); i < Math.Min(_modelEnd, _mixed.Count); i++)
            _mixed[i] = 0;
        _modelEnd = Math.Min(_modelEnd, Math.Max(at, 0));
        _modelKept = _modelEnd;
    }

    private void Mix(short[] samples, long start)
    {
        for (var missing = start + samples.Length - _mixed.Count; missing > 0; missing--)
            _mixed.Add(0);
        for (var i = 0; i < samples.Length; i++)
            _mixed[(int)start + i] = (short)Math.Clamp(_mixed[(int)start + i] + samples[i], short.MinValue, short.MaxValue);
    }

    private static long SamplesOf(TimeSpan time) => time.Ticks * RateHz / TimeSpan.TicksPerSecond;
}
