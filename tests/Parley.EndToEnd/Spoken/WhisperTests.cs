using Parley.Client;
using Parley.Speech.Whisper.Tests;

namespace Parley.EndToEnd.Spoken;

/// <summary>
/// <c>parley serve</c> with Whisper and a generated model, which hears the same question in any speech: what matters here is that it runs,
/// how it is reported, and that the conversation survives it.
/// </summary>
public sealed class WhisperTests : IAsyncLifetime
{
    private const string Question = "what is seven times six";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-whisper-");
    private readonly TestSpeech _speech = new();
    private ParleyProcess? _server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static LiveSetup Setup { get; } = new() { Model = LiveMessages.Model, InputTranscription = true, OutputTranscription = true };

    public async ValueTask InitializeAsync()
    {
        var model = Path.Combine(_folder.FullName, "questions.bin");
        await File.WriteAllBytesAsync(model, TinyWhisper.Create(sentence: Question), Cancellation);
        _server = new ParleyProcess("--config", GenerousTimeouts.Write(_folder, whisper: model)) { Recognizer = "whisper", Detector = "auto" };
        await _server.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _speech.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Killed_worker_of_whisper_is_replaced_in_mid_sentence()
    {
        await using var talk = new SpokenSession(await _server!.CreateClient().ConnectAsync(Setup, Cancellation), _speech);
        var first = await talk.AskAsync(Question);
        Assert.Equal((Question, "That makes 42."), (first.Heard, first.Said));

        var question = await _speech.SayAsync("one more time please, and slowly", "kal16", Cancellation);
        await talk.SendAsync([.. TestSpeech.Silence(300), .. question[..(question.Length / 2)]]);
        EngineProcesses.Kill(_server, "whisper");
        await talk.SendAsync([.. question[(question.Length / 2)..], .. TestSpeech.Silence(2_000)]);

        Assert.Equal("That makes 42.", (await talk.HearAsync()).Said);
        Assert.Equal("That makes 42.", (await talk.AskAsync(Question)).Said);

        using var http = new HttpClient { BaseAddress = _server.Address };
        var health = await http.GetStringAsync(new Uri("/healthz", UriKind.Relative), Cancellation);
        Assert.Contains("Recognizing English with Whisper and the model questions", health, StringComparison.Ordinal);
        Assert.Contains("s of work per second of speech", health, StringComparison.Ordinal);
        Assert.Contains("1 replaced", health, StringComparison.Ordinal);
    }
}
