using Parley.Client;
using Parley.Speech.Tests;

namespace Parley.EndToEnd.Spoken;

/// <summary>
/// <c>parley serve</c> with generated voices of Piper and Kokoro, which speak each phoneme as a tone: what matters here is that they run, how
/// they are reported, and that the conversation survives them.
/// </summary>
public sealed class NeuralVoiceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-neural-voice-");
    private readonly TinyVoices _voices = new();
    private readonly TestSpeech _speech = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static LiveSetup Setup { get; } = new() { Model = LiveMessages.Model, OutputTranscription = true };

    public void Dispose()
    {
        _voices.Dispose();
        _speech.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public Task Killed_voice_of_Piper_is_replaced_in_mid_sentence() => KillAsync("Piper", _voices.Piper());

    [Fact]
    public Task Killed_voice_of_Kokoro_is_replaced_in_mid_sentence() => KillAsync("Kokoro", _voices.Kokoro("af_heart"));

    private async Task KillAsync(string engine, string model)
    {
        var server = new ParleyProcess("--config", GenerousTimeouts.Write(_folder, voice: (engine, model)));
        await using (server)
        {
            await server.InitializeAsync();
            await using var session = await server.CreateClient().ConnectAsync(Setup, Cancellation);
            await using var talk = new SpokenSession(session, _speech);
            // With audio from the client, answers are paced as they are heard.
            await talk.SendAsync(TestSpeech.Silence(100));
            await session.SendTextAsync("Count to twenty", Cancellation);
            await talk.HearBeginningAsync();
            EngineProcesses.Kill(server, $"{engine}EngineFactory");

            var rest = await talk.HearAsync();
            Assert.EndsWith("19, 20.", rest.Said, StringComparison.Ordinal);
            await session.SendTextAsync("What is seven times six?", Cancellation);
            Assert.Equal("That makes 42.", (await talk.HearAsync()).Said);

            using var http = new HttpClient { BaseAddress = server.Address };
            var health = await http.GetStringAsync(new Uri("/healthz", UriKind.Relative), Cancellation);
            Assert.Contains($"{engine}, in a separate process", health, StringComparison.Ordinal);
            Assert.Contains("1 voices replaced", health, StringComparison.Ordinal);
        }
    }
}
