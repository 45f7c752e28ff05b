using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Parley.Speech.Tests;

public sealed class OpenAISpeechRecognizerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task An_utterance_is_sent_as_one_wav_file()
    {
        var server = new FakeServer(_ => FakeServer.Json("""{"text":" Hello there. "}"""));
        using var recognizer = Create(server);
        await using var recognition = recognizer.Start(new RecognitionRequest { Language = "de-DE" });
        recognition.Accept(Signals.Voice(300));
        recognition.Accept(Signals.Voice(200));
        var transcript = await recognition.FinishAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Hello there.", transcript.Text);
        var (request, body) = Assert.Single(server.Asked);
        Assert.Equal("http://localhost:8000/v1/audio/transcriptions", request.RequestUri!.ToString());
        Assert.Equal("Bearer secret-key", request.Headers.Authorization!.ToString());
        Assert.Contains("name=model\r\n\r\nwhisper\r\n", body.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("name=language\r\n\r\nde\r\n", body.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var wav = WavFile.Parse(System.Text.Encoding.Latin1.GetBytes(body[body.IndexOf("RIFF", StringComparison.Ordinal)..]));
        Assert.Equal(16_000, wav.SampleRateHz);
        Assert.Equal([.. Signals.Voice(300), .. Signals.Voice(200)], wav.Samples.ToArray().AsSpan(0, 8_000).ToArray());
    }

    [Fact]
    public async Task A_busy_server_gets_one_retry()
    {
        var server = new FakeServer(call => call == 1 ? new(HttpStatusCode.ServiceUnavailable) { Content = new StringContent("") } : FakeServer.Json("""{"text":"yes"}"""));
        Assert.Equal("yes", await Create(server).RecognizeAsync(Signals.Voice(100)));
        Assert.Equal(2, server.Asked.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, """{"error":"bad key secret-key"}""", "401")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "", "503")]
    [InlineData(HttpStatusCode.OK, "{}", "no text")]
    [InlineData(HttpStatusCode.OK, "<html>", "failed")]
    public async Task A_bad_answer_is_an_error_without_the_key(HttpStatusCode status, string body, string expected)
    {
        var server = new FakeServer(_ => new(status) { Content = new StringContent(body) });
        var failure = await Assert.ThrowsAsync<SpeechEngineException>(() => Create(server).RecognizeAsync(Signals.Voice(100)));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_times_out()
    {
        using var silence = new LiveStream();
        var text = Create(new FakeServer(_ => FakeServer.Sound(silence))).RecognizeAsync(Signals.Voice(100));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Contains("no answer for 15 s", (await Assert.ThrowsAsync<SpeechEngineException>(() => text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "m", "Endpoint")]
    [InlineData("ftp://x", "m", "Endpoint")]
    [InlineData("http://x", " ", "Model")]
    public void Missing_settings_are_named(string? endpoint, string model, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<InvalidOperationException>(() => new OpenAISpeechRecognizer(new() { Endpoint = endpoint, Model = model })).Message,
            StringComparison.Ordinal);

    private OpenAISpeechRecognizer Create(FakeServer server) =>
        new(new() { Endpoint = "http://localhost:8000", ApiKey = "secret-key", Model = "whisper" }, server.Client, _time);
}
