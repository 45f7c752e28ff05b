using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Tests;

public sealed class FallbackSynthesizerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_synthesizer_that_fails_before_its_first_audio_is_replaced() =>
        Assert.Equal("hello", ToneCode.Decode(await Create(chunks: 0).CollectAsync("Hello")));

    [Fact]
    public async Task A_synthesizer_that_fails_later_is_not_restarted() =>
        await Assert.ThrowsAsync<SpeechEngineException>(() => Create(chunks: 2).CollectAsync("Hello"));

    [Fact]
    public async Task A_late_synthesizer_is_replaced()
    {
        var speaking = Create(chunks: -1).CollectAsync("Hello");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("hello", ToneCode.Decode(await speaking));
    }

    [Fact]
    public async Task A_synthesizer_that_starts_in_time_may_take_long()
    {
        using var synthesizer = new FallbackSynthesizer(new ToneSynthesizer(), new Broken(0), TimeSpan.FromSeconds(5), _time);
        var chunks = 0;
        await foreach (var chunk in synthesizer.SpeakAsync("Hello", VoiceCatalog.Default, TestContext.Current.CancellationToken))
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            chunks += chunk.Length > 0 ? 1 : 0;
        }
        Assert.Equal(5, chunks);
    }

    private FallbackSynthesizer Create(int chunks) => new(new Broken(chunks), new ToneSynthesizer(), TimeSpan.FromSeconds(5), _time);

    /// <summary>Returns some chunks and fails; with -1, never returns.</summary>
    private sealed class Broken(int chunks) : ISpeechSynthesizer
    {
        public string Name => "broken";

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < chunks; i++)
                yield return new byte[1_920];
            if (chunks < 0)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new SpeechEngineException("It broke.");
        }
    }
}
