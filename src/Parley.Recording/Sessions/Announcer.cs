using Microsoft.Extensions.Options;
using Parley.Protocol;

namespace Parley.Recording.Sessions;

/// <summary>What new sessions begin with: the announcement as a turn of the model.</summary>
internal sealed class Announcer
{
    // As models send it.
    private const int ChunkMilliseconds = 100;

    private readonly IReadOnlyList<LiveSessionResponse> _spoken = [], _written = [];

    public Announcer(IOptions<RecordingOptions> options)
    {
        if (options.Value.Announcement is not { } text)
            return;
        var complete = Of(new ServerContent { TurnComplete = true });
        _written = [Of(new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { Text = text }] } }), complete];
        var transcript = Of(new ServerContent { OutputTranscription = new Transcription { Text = text } });
        if (options.Value.AnnouncementAudio is not { } path)
        {
            _spoken = [transcript, complete];
            return;
        }
        var pcm = Pcm.ToBytes(Resampled(WavFile.Load(path)));
        Length = PcmFormat.Hz24000.DurationOfBytes(pcm.Length);
        var chunks = pcm.Chunk(PcmFormat.Hz24000.BytesPerSecond * ChunkMilliseconds / 1_000).Select(static chunk => Of(new ServerContent
        {
            ModelTurn = new Content { Role = "model", Parts = [new Part { InlineData = new Blob { MimeType = AudioFormat.OutputMimeType, Data = chunk } }] },
        })).ToArray();
        _spoken = [.. chunks.Take(1), transcript, .. chunks.Skip(1), complete];
    }

    /// <summary>Length of the audio.</summary>
    internal TimeSpan Length { get; }

    internal IReadOnlyList<LiveSessionResponse> For(Setup setup) => GetsText(setup) ? _written : _spoken;

    internal TimeSpan LengthFor(Setup setup) => GetsText(setup) ? TimeSpan.Zero : Length;

    private static bool GetsText(Setup setup) => setup.GenerationConfig?.ResponseModalities is [var modality] && modality == Modality.Text;

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
