using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>A synthesizer that returns one chunk of 100 ms per word. A test can run code before each chunk.</summary>
internal sealed class FakeSynthesizer(Func<string, int, CancellationToken, Task>? beforeChunk = null) : ISpeechSynthesizer
{
    public string Name => "fake";

    private readonly EventLog<string> _sentences = new();

    internal List<(string Sentence, SpeechVoice Voice)> Asked { get; } = [];

    /// <summary>Waits until a sentence was given to the synthesizer.</summary>
    internal Task<string> SaysAsync(string sentence) => _sentences.FirstAsync(one => one == sentence, sentence, TestContext.Current.CancellationToken);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        string text, SpeechVoice voice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        lock (Asked)
            Asked.Add((text, voice));
        _sentences.Add(text);
        var chunk = 0;
        foreach (var _ in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (beforeChunk is not null)
                await beforeChunk(text, chunk, cancellationToken);
            var samples = new short[2_400];
            samples.AsSpan().Fill((short)(1_000 + chunk++));
            yield return Pcm.ToBytes(samples);
        }
    }
}
