using Parley.Audio;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Conformance.Running;

/// <summary>What is said to a server: speech, and silence after it, as messages of 40 ms.</summary>
internal sealed class SpeechSignal
{
    private const int ChunkBytes = 1_280;
    private static readonly TimeSpan Chunk = TimeSpan.FromMilliseconds(40);
    private static readonly string SilentChunk = Message(new byte[ChunkBytes]);

    private readonly List<string> _chunks;
    private readonly double _speed;

    private SpeechSignal(ReadOnlyMemory<byte> pcm, double speed)
    {
        (Samples, _speed) = (pcm, speed);
        _chunks = [.. Enumerable.Range(0, pcm.Length / ChunkBytes).Select(i => Message(pcm.Span.Slice(i * ChunkBytes, ChunkBytes)))];
    }

    /// <summary>16 kHz PCM16.</summary>
    internal ReadOnlyMemory<byte> Samples { get; }

    internal static SpeechSignal Of(ConformanceOptions options) => new(Rates.ToInput(options.Speech ?? Question()), options.SpeechSpeed);

    /// <summary>Sends the speech.</summary>
    internal async Task SayAsync(ProbeLine line, CancellationToken cancellationToken)
    {
        foreach (var chunk in _chunks)
            await SendAsync(line, chunk, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends silence.</summary>
    internal async Task HushAsync(ProbeLine line, TimeSpan duration, CancellationToken cancellationToken)
    {
        for (var sent = TimeSpan.Zero; sent < duration; sent += Chunk)
            await SendAsync(line, SilentChunk, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A message with audio.</summary>
    internal static string Message(ReadOnlySpan<byte> pcm, string mimeType = "audio/pcm;rate=16000") =>
        $$$$"""{"realtimeInput":{"audio":{"mimeType":"{{{{mimeType}}}}","data":"{{{{Convert.ToBase64String(pcm)}}}}"}}}""";

    private async Task SendAsync(ProbeLine line, string message, CancellationToken cancellationToken)
    {
        await line.SendAsync(message).ConfigureAwait(false);
        if (_speed > 0)
            await Task.Delay(Chunk / _speed, TimeProvider.System, cancellationToken).ConfigureAwait(false);
    }

    private static WavFile Question()
    {
        using var stream = typeof(SpeechSignal).Assembly.GetManifestResourceStream("question.wav")!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return WavFile.Parse(copy.ToArray());
    }
}
