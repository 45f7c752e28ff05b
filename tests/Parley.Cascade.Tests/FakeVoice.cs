using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>A voice that speaks chunks of 100 ms, one for each word, unless the test does something about a sentence.</summary>
internal sealed class FakeVoice(Func<string, int, CancellationToken, Task>? beforeChunk = null) : ISpeechSynthesizer
{
    public string Name => "fake";

    internal List<(string Sentence, SpeechVoice Voice)> Asked { get; } = [];

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        string text, SpeechVoice voice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        lock (Asked)
            Asked.Add((text, voice));
        var chunk = 0;
        foreach (var _ in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (beforeChunk is not null)
                await beforeChunk(text, chunk, cancellationToken);
            var sound = new short[2_400];
            sound.AsSpan().Fill((short)(1_000 + chunk++));
            yield return Pcm.ToBytes(sound);
        }
    }
}
