using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Speech.Tests;

public sealed class OpenAISpeechSynthesizerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Audio_is_streamed_while_the_server_makes_it()
    {
        using var sound = new LiveStream();
        var server = new FakeServer(_ => FakeServer.Sound(sound));
        var speaking = Create(server).SpeakAsync("Hello.", VoiceCatalog.Default, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var samples = Signals.Sine(440, 24_000, 2_400);

        var first = speaking.MoveNextAsync();
        sound.Feed(Pcm.ToBytes(samples.AsSpan(0, 1_000)));
        Assert.True(await first); // Without an end of the answer in sight.
        Assert.Equal(samples[..960], Pcm.ToSamples(speaking.Current.Span));

        sound.Feed(Pcm.ToBytes(samples.AsSpan(1_000)));
        sound.End();
        Assert.True(await speaking.MoveNextAsync());
        Assert.True(await speaking.MoveNextAsync());
        Assert.False(await speaking.MoveNextAsync());
        await speaking.DisposeAsync();
    }

    [Fact]
    public async Task The_request_names_model_voice_and_format()
    {
        var server = new FakeServer(_ => FakeServer.Sound(new MemoryStream(new byte[3_840])));
        Assert.Equal(1_920, (await Create(server).CollectAsync("Say \"hi\".", VoiceCatalog.All.Single(voice => voice.Name == "Kore"))).Length);

        var (request, body) = Assert.Single(server.Asked);
        Assert.Equal("http://localhost:8000/api/audio/speech", request.RequestUri!.ToString());
        using var json = JsonDocument.Parse(body);
        Assert.Equal("""{"model":"kokoro","input":"Say \u0022hi\u0022.","voice":"af_heart","response_format":"pcm"}""", json.RootElement.GetRawText());
    }

    [Theory]
    [InlineData(24_000)]
    [InlineData(16_000)]
    [InlineData(44_100)]
    public async Task A_wav_file_of_any_rate_is_accepted(int rate)
    {
        var wav = new WavFile(rate, Signals.Sine(440, rate, rate)).ToBytes();
        using var sound = new LiveStream();
        foreach (var piece in wav.Chunk(1_001))
            sound.Feed(piece);
        sound.End();

        var samples = await Create(new FakeServer(_ => FakeServer.Sound(sound))).CollectAsync("Hello.");
        Assert.InRange(samples.Length, 24_000, 25_000);
        Assert.True(Signals.SignalToNoise(samples.AsSpan(1_000, 20_000), 440, 24_000) > 40);
    }

    [Fact]
    public async Task A_wav_file_without_pcm_is_an_error()
    {
        var wav = new WavFile(24_000, Signals.Sine(440, 24_000, 100)).ToBytes();
        wav[20] = 85; // MP3
        await Assert.ThrowsAsync<SpeechEngineException>(() => Create(new FakeServer(_ => FakeServer.Sound(new MemoryStream(wav)))).CollectAsync("Hello."));
    }

    [Fact]
    public async Task A_server_that_stalls_times_out()
    {
        using var sound = new LiveStream();
        sound.Feed(new byte[1_920]);
        var speaking = Create(new FakeServer(_ => FakeServer.Sound(sound))).CollectAsync("Hello.");
        _time.Advance(TimeSpan.FromSeconds(15));
        await Assert.ThrowsAsync<SpeechEngineException>(() => speaking);
    }

    [Fact]
    public async Task A_refusing_server_is_an_error_with_its_reason()
    {
        var server = new FakeServer(_ => new(HttpStatusCode.BadRequest) { Content = new StringContent("no such voice") });
        Assert.Contains("no such voice", (await Assert.ThrowsAsync<SpeechEngineException>(() => Create(server).CollectAsync("Hello."))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_the_request()
    {
        using var sound = new LiveStream();
        using var cancellation = new CancellationTokenSource();
        await using var speaking = Create(new FakeServer(_ => FakeServer.Sound(sound))).SpeakAsync("Hello.", VoiceCatalog.Default, cancellation.Token).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = speaking.MoveNextAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    private OpenAISpeechSynthesizer Create(FakeServer server) =>
        new(new() { Endpoint = "http://localhost:8000/api/", Model = "kokoro", Voices = { ["kore"] = "af_heart" } }, server.Client, _time);
}
