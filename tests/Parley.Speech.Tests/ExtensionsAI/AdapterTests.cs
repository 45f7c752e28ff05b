#pragma warning disable MEAI001 // What is tested is the adapter to an experimental abstraction.
using Microsoft.Extensions.AI;
using Parley.Speech.ExtensionsAI;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Tests;

public sealed class AdapterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_synthesizer_adapts_to_a_client_and_back()
    {
        using var client = new ToneSynthesizer().AsTextToSpeechClient();
        var response = await client.GetAudioAsync("hello", new() { VoiceId = "Kore" }, Cancellation);
        var sound = Assert.IsType<DataContent>(Assert.Single(response.Contents));
        Assert.Equal("audio/pcm;rate=24000", sound.MediaType);
        Assert.Equal("hello", ToneCode.Decode(Pcm.ToSamples(sound.Data.Span)));

        Assert.Equal("hello", ToneCode.Decode(await client.AsSpeechSynthesizer().CollectAsync("hello")));
        Assert.Equal("tone", client.AsSpeechSynthesizer() is TextToSpeechSynthesizer back ? back.Name : "");
    }

    [Theory]
    [InlineData("Nobody", null)]
    [InlineData(null, "mp3")]
    public async Task An_unknown_voice_or_format_is_refused(string? voice, string? format)
    {
        using var client = new ToneSynthesizer().AsTextToSpeechClient();
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetAudioAsync("hello", new() { VoiceId = voice, AudioFormat = format }, Cancellation));
    }

    [Fact]
    public async Task A_recognizer_adapts_to_a_client_and_back()
    {
        var recognizer = new Counting();
        using var client = recognizer.AsSpeechToTextClient();
        using var wav = new MemoryStream(new WavFile(48_000, Signals.Sine(440, 48_000, 48_000)).ToBytes());
        Assert.Equal("16000", (await client.GetTextAsync(wav, cancellationToken: Cancellation)).Text);

        using var bare = new MemoryStream(Pcm.ToBytes(Signals.Silence(500)));
        var updates = new List<SpeechToTextResponseUpdate>();
        await foreach (var update in client.GetStreamingTextAsync(bare, cancellationToken: Cancellation))
            updates.Add(update);
        Assert.Equal(SpeechToTextResponseUpdateKind.TextUpdating, updates[0].Kind);
        Assert.Equal(SpeechToTextResponseUpdateKind.TextUpdated, updates[^1].Kind);
        Assert.Equal("8000", updates[^1].Text);

        Assert.Equal("1600", await client.AsSpeechRecognizer().RecognizeAsync(Signals.Silence(100)));
        Assert.Same(recognizer, client.GetService<ISpeechRecognizer>());
    }

    [Fact]
    public async Task An_exception_of_a_client_is_an_engine_failure()
    {
        using var broken = new BrokenClient();
        await Assert.ThrowsAsync<SpeechEngineException>(() => broken.AsSpeechRecognizer().RecognizeAsync(Signals.Silence(100)));
    }

    /// <summary>Returns the number of samples as the transcript.</summary>
    private sealed class Counting : ISpeechRecognizer
    {
        public string Name => "counting";

        public IRecognition Start(RecognitionRequest request) => new Recognition(request.Partial);

        private sealed class Recognition(Action<string>? partial) : IRecognition
        {
            private int _heard;

            public void Accept(ReadOnlySpan<short> samples)
            {
                _heard += samples.Length;
                partial?.Invoke($"{_heard}");
            }

            public ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default) => new(new Transcript($"{_heard}"));

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class BrokenClient : ISpeechToTextClient
    {
        public Task<SpeechToTextResponse> GetTextAsync(Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("It broke.");

        public IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("It broke.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
