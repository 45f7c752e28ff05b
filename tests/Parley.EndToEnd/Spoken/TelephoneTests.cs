namespace Parley.EndToEnd.Spoken;

/// <summary>
/// Callers of three carriers talk to <c>parley serve --phone</c> over a real socket, at telephone quality: a question is understood and answered, an answer is
/// interrupted, keys are pressed, and the caller hangs up. A recognizer independent of the server checks what the callers heard.
/// </summary>
public sealed class TelephoneTests(TelephoneServer fixture) : IClassFixture<TelephoneServer>, IDisposable
{
    /// <summary>Repetitions of a question that was misheard: the recognizer errs more often at 8 kHz, and more with lost frames.</summary>
    private const int MaxTries = 6;

    private readonly TestSpeech _speech = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _speech.Dispose();

    [Theory]
    [InlineData(CallerDialect.Twilio, 0)]
    [InlineData(CallerDialect.Telnyx, 1)]
    [InlineData(CallerDialect.Plivo, 5)]
    public async Task Caller_asks_interrupts_presses_keys_and_hangs_up(CallerDialect carrier, int lossPercent)
    {
        using var recognizer = new AnswerRecognizer();
        await using var caller = await CallAsync(carrier, lossPercent);

        await AskAsync(caller, recognizer, "what is seven times six", "that makes forty two");

        // A long story, interrupted by speech: the carrier is told to drop what it has.
        await SayAsync(caller, "tell me a long story");
        await HearForAsync(caller, TimeSpan.FromSeconds(3));
        var cleared = caller.NextAsync(CallerEventKind.Cleared, Cancellation);
        _ = SayAsync(caller, "what is two plus three");
        var clear = await cleared;
        await caller.NextAsync(CallerEventKind.SpeechEnded, Cancellation);
        Assert.InRange(caller.SilenceAfter(clear.At)!.Value - clear.At, TimeSpan.Zero, TimeSpan.FromMilliseconds(40));
        await caller.NextAsync(CallerEventKind.SoundEnded, Cancellation);

        // The assistant answers pressed keys like any text.
        var answered = caller.NextAsync(CallerEventKind.SoundEnded, Cancellation);
        Assert.True(await caller.PressAsync("42#"));
        await answered;

        Assert.Empty(caller.Problems);
        var end = await caller.HangUpAsync(Cancellation);
        Assert.Equal((true, 1000), (end.ByCaller, end.CloseCode));
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

    private async Task AskAsync(VirtualCaller caller, AnswerRecognizer recognizer, string question, string answer)
    {
        var heard = "";
        for (var i = 0; i < MaxTries; i++)
        {
            var from = caller.Heard.Samples.Length;
            var ended = caller.NextAsync(CallerEventKind.SoundEnded, Cancellation);
            await SayAsync(caller, question);
            await ended;
            heard = await recognizer.RecognizeAsync(
                Wideband(caller.Heard.Samples.Span[from..]), ["that makes (twenty | thirty | forty | fifty) [one | two | three | four | five | six]", "i heard you", "it is late"], Cancellation);
            if (heard == answer)
                return;
        }
        Assert.Equal(answer, heard);
    }

    private async Task SayAsync(VirtualCaller caller, string text) =>
        Assert.True(await caller.SayAsync(new WavFile(16_000, await _speech.SayAsync(text, "kal16", Cancellation))));

    private static async Task HearForAsync(VirtualCaller caller, TimeSpan time)
    {
        var started = (await caller.NextAsync(CallerEventKind.SoundStarted, Cancellation)).At;
        while (caller.Heard.Duration < started + time)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
    }

    /// <summary>What the recognizer of the tests takes: 24 kHz.</summary>
    private static byte[] Wideband(ReadOnlySpan<short> samples)
    {
        var resampler = new Resampler(8_000, 24_000);
        var output = new short[resampler.MaxOutputSamples(samples.Length) + resampler.MaxFlushSamples];
        var count = resampler.Process(samples, output);
        count += resampler.Flush(output.AsSpan(count));
        return Pcm.ToBytes(output.AsSpan(0, count));
    }
}

/// <summary>A <c>parley serve --phone</c> with speech recognition.</summary>
public sealed class TelephoneServer : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-phone-");

    public TelephoneServer() => Process = new ParleyProcess("--phone", "--config", GenerousTimeouts.Write(_folder)) { Recognizer = SpeechServer.Recognizer, Detector = "auto" };

    internal ParleyProcess Process { get; }

    public ValueTask InitializeAsync() => Process.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
