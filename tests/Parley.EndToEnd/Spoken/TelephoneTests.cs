using System.Text.Json.Nodes;

namespace Parley.EndToEnd.Spoken;

/// <summary>
/// Callers of three carriers talk to <c>parley serve --phone</c> over a real socket, with lost and late frames: they interrupt an answer by speaking, are answered, press
/// keys and hang up.
/// </summary>
public sealed class TelephoneTests(TelephoneServer fixture) : IClassFixture<TelephoneServer>, IDisposable
{
    private readonly TestSpeech _speech = new();
    private readonly AnswerRecognizer _recognizer = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _speech.Dispose();
        _recognizer.Dispose();
    }

    [Theory]
    [InlineData(CallerDialect.Twilio, 0)]
    [InlineData(CallerDialect.Telnyx, 1)]
    [InlineData(CallerDialect.Plivo, 5)]
    public async Task Caller_interrupts_a_story_gets_an_answer_presses_keys_and_hangs_up(CallerDialect carrier, int lossPercent)
    {
        await using var caller = await CallAsync(carrier, lossPercent);

        // The assistant speaks first, and the caller interrupts it: the carrier is told to drop what it has.
        await HearForAsync(caller, TimeSpan.FromSeconds(3));
        var cleared = caller.NextAsync(CallerEventKind.Cleared, Cancellation);
        var answer = AnswerAsync(caller);
        var question = new WavFile(16_000, await _speech.SayAsync("what is seven times six", "rms", Cancellation));
        Assert.True(await caller.SayAsync(question));
        var clear = await cleared;

        // The words are understood; a caller who was misheard says them again.
        for (var misheard = 0; await answer != "that makes forty two"; misheard++)
        {
            Assert.InRange(misheard, 0, 2);
            answer = AnswerAsync(caller);
            Assert.True(await caller.SayAsync(question));
        }
        Assert.InRange(caller.SilenceAfter(clear.At)!.Value - clear.At, TimeSpan.Zero, TimeSpan.FromMilliseconds(40));

        // Pressed keys are answered like any text.
        var answered = caller.NextAsync(CallerEventKind.SoundEnded, Cancellation);
        Assert.True(await caller.PressAsync("42#"));
        await answered;

        Assert.Empty(caller.Problems);
        var end = await caller.HangUpAsync(Cancellation);
        Assert.Equal((true, 1000), (end.ByCaller, end.CloseCode));
    }

    /// <summary>The words of the next answer, as a recognizer at the telephone hears them.</summary>
    private async Task<string> AnswerAsync(VirtualCaller caller)
    {
        var from = (await caller.NextAsync(CallerEventKind.SoundStarted, Cancellation)).At;
        var to = (await caller.NextAsync(CallerEventKind.SoundEnded, Cancellation)).At;
        var heard = caller.Heard;
        var format = new PcmFormat(heard.SampleRateHz);
        return await _recognizer.RecognizeAsync(
            [.. heard.Samples.Span[(int)format.SamplesIn(from)..(int)format.SamplesIn(to)]], heard.SampleRateHz,
            ["that makes forty two", "i am the model and you said", "sorry"], Cancellation);
    }

    private Task<VirtualCaller> CallAsync(CallerDialect carrier, int lossPercent) => VirtualCaller.CallAsync(
        new UriBuilder(new Uri(fixture.Process.Address, $"/phone/{carrier.ToString().ToLowerInvariant()}/stream")) { Scheme = "ws" }.Uri,
        options =>
        {
            (options.Dialect, options.From, options.To) = (carrier, "+14155550100", "+14155550199");
            (options.LossPercent, options.LatePercent, options.Seed) = (lossPercent, lossPercent, 3);
            options.SoundPause = TimeSpan.FromMilliseconds(900);
        },
        Cancellation);

    private static async Task HearForAsync(VirtualCaller caller, TimeSpan time)
    {
        var started = (await caller.NextAsync(CallerEventKind.SoundStarted, Cancellation)).At;
        while (caller.Heard.Duration < started + time)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
    }
}

/// <summary>A <c>parley serve --phone</c> with speech recognition.</summary>
public sealed class TelephoneServer : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-phone-");

    public TelephoneServer() => Process = new ParleyProcess("--phone", "--config", Configure(GenerousTimeouts.Write(_folder))) { Recognizer = SpeechServer.Recognizer, Detector = "auto" };

    internal ParleyProcess Process { get; }

    public ValueTask InitializeAsync() => Process.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string Configure(string file)
    {
        var configuration = JsonNode.Parse(File.ReadAllText(file))!;
        configuration["Phone"] = new JsonObject { ["Default"] = new JsonObject { ["Opening"] = "tell me a long story" } };
        File.WriteAllText(file, configuration.ToJsonString());
        return file;
    }
}
