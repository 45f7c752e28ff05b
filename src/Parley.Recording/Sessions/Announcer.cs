using Microsoft.Extensions.Options;
using Parley.Protocol;

namespace Parley.Recording.Sessions;

/// <summary>What new sessions begin with: the announcement as a turn of the model.</summary>
internal sealed class Announcer
{
    // As models send it.
    private const int ChunkMilliseconds = 100;

    private readonly IReadOnlyList<LiveSessionResponse> _written = [];
    private readonly string? _text;
    private IReadOnlyList<LiveSessionResponse> _spoken = [];

    public Announcer(IOptions<RecordingOptions> options)
    {
        if (options.Value.Announcement is not { } text)
            return;
        _text = text;
        _written = [Of(new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { Text = text }] } }), Complete];
        _spoken = options.Value.AnnouncementAudio is { } path ? Spoken(text, Pcm.ToBytes(Resampled(WavFile.Load(path)))) : [Transcript(text), Complete];
    }

    private static LiveSessionResponse Complete => Of(new ServerContent { TurnComplete = true });

    /// <summary>Length of the audio.</summary>
    internal TimeSpan Length { get; private set; }

    /// <summary>Speaks the announcement. To be called before the first session.</summary>
    internal async Task SpeakAsync(IAnnouncementVoice voice, CancellationToken cancellationToken)
    {
        if (_text is null || Length > TimeSpan.Zero)
            return;
        var pcm = await voice.SpeakAsync(_text, cancellationToken).ConfigureAwait(false);
        var whole = pcm.Length - (pcm.Length % Pcm.BytesPerSample);
        if (whole > 0 && PcmFormat.Hz24000.DurationOfBytes(whole) <= RecordingOptionsValidator.MaxAnnouncement)
            _spoken = Spoken(_text, pcm[..whole].ToArray());
    }

    internal IReadOnlyList<LiveSessionResponse> For(Setup setup) => GetsText(setup) ? _written : _spoken;

    internal TimeSpan LengthFor(Setup setup) => GetsText(setup) ? TimeSpan.Zero : Length;

    private static bool GetsText(Setup setup) => setup.GenerationConfig?.ResponseModalities is [var modality] && modality == Modality.Text;

    private LiveSessionResponse[] Spoken(string text, byte[] pcm)
    {
        Length = PcmFormat.Hz24000.DurationOfBytes(pcm.Length);
        var chunks = pcm.Chunk(PcmFormat.Hz24000.BytesPerSecond * ChunkMilliseconds / 1_000).Select(static chunk => Of(new ServerContent
        {
            ModelTurn = new Content { Role = "model", Parts = [new Part { InlineData = new Blob { MimeType = AudioFormat.OutputMimeType, Data = chunk } }] },
        })).ToArray();
        return [.. chunks.Take(1), Transcript(text), .. chunks.Skip(1), Complete];
    }

    private static LiveSessionResponse Transcript(string text) => Of(new ServerContent { OutputTranscription = new Transcription { Text = text } });

    private static LiveSessionResponse Of(ServerContent content) => new() { ServerContent = content };

    private static short[] Resampled(WavFile wav)
    {
        var resampler = new Resampler(wav.SampleRateHz, AudioFormat.OutputRateHz);
        var samples = new short[resampler.MaxOutputSamples(wav.Samples.Length) + resampler.MaxFlushSamples];
        var count = resampler.Process(wav.Samples.Span, samples);
        count += resampler.Flush(samples.AsSpan(count));
        return samples[..count];
    }
}
