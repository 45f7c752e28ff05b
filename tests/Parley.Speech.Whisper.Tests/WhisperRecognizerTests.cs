using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Speech.Hosting;

namespace Parley.Speech.Whisper.Tests;

/// <summary>The recognizer with the real engine and generated models.</summary>
public sealed class WhisperRecognizerTests(ModelFiles models) : IClassFixture<ModelFiles>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_utterance_is_recognized_while_it_is_spoken()
    {
        using var recognizer = Create(new() { Model = models.Talking });
        await recognizer.Measured.WaitAsync(Cancellation);
        var partial = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        await using var recognition = recognizer.Start(new() { Partial = text => partial.TrySetResult(text) });
        recognition.Accept(Sounds.Room(0.5));
        recognition.Accept(Sounds.Speech(1));
        recognition.Accept(Sounds.Room(0.6));

        Assert.Equal(ModelFiles.Sentence, await partial.Task.WaitAsync(Cancellation));
        var transcript = await recognition.FinishAsync(Cancellation);
        Assert.Equal(ModelFiles.Sentence, transcript.Text);
        Assert.Equal("en", transcript.Language);
    }

    [Theory]
    [InlineData(EngineIsolation.Process, "in a separate process")]
    [InlineData(EngineIsolation.InProcess, "in this process")]
    public async Task The_speed_of_the_machine_is_measured_and_reported(EngineIsolation isolation, string place)
    {
        using var recognizer = Create(new() { Model = models.Talking, Isolation = isolation });
        Assert.Contains(place, recognizer.Reason, StringComparison.Ordinal);
        Assert.Contains("model talking", recognizer.Reason, StringComparison.Ordinal);

        var speed = await recognizer.Measured.WaitAsync(Cancellation);
        Assert.True(speed.Factor > 0);
        Assert.Contains("s of work per second of speech", recognizer.Status, StringComparison.Ordinal);
        Assert.Equal(isolation == EngineIsolation.Process, recognizer.ProcessId > 0);
        Assert.Equal(ModelFiles.Sentence, await RecognizeAsync(recognizer));
    }

    [Fact]
    public async Task A_session_keeps_the_language_that_was_detected()
    {
        using var recognizer = Create(new() { Model = models.German });
        var speaker = new SpeakerProfile();
        await using var recognition = recognizer.Start(new() { Speaker = speaker });
        recognition.Accept(Sounds.Speech(2));
        Assert.Equal("de", (await recognition.FinishAsync(Cancellation)).Language);
        Assert.Equal("de", speaker.Language);
    }

    [Fact]
    public async Task Many_sessions_share_one_model()
    {
        using var recognizer = Create(new() { Model = models.Talking });
        await recognizer.Measured.WaitAsync(Cancellation);
        var process = recognizer.ProcessId;

        var texts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => RecognizeAsync(recognizer), Cancellation)));

        Assert.All(texts, static text => Assert.Equal(ModelFiles.Sentence, text));
        Assert.Equal(process, recognizer.ProcessId);
        Assert.Contains("0 waiting, 16 utterances", recognizer.Status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_killed_in_the_middle_of_an_utterance_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals of Unix.");
        using var recognizer = Create(new() { Model = models.Talking }, out var log);
        await recognizer.Measured.WaitAsync(Cancellation);
        var process = recognizer.ProcessId;
        await using var recognition = recognizer.Start(new() { Partial = static _ => { } });
        recognition.Accept(Sounds.Speech(1));

        using (var worker = Process.GetProcessById(process))
        {
            worker.Kill();
            await worker.WaitForExitAsync(Cancellation);
        }
        recognition.Accept(Sounds.Speech(1));

        Assert.Equal(ModelFiles.Sentence, (await recognition.FinishAsync(Cancellation)).Text);
        Assert.NotEqual(process, recognizer.ProcessId);
        Assert.Equal(ModelFiles.Sentence, await RecognizeAsync(recognizer));
        Assert.Contains("1 replaced", recognizer.Status, StringComparison.Ordinal);
        Assert.Contains(log.Warnings, static warning => warning.StartsWith("Whisper decoder lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_fallback_takes_over_if_no_worker_can_load_the_model()
    {
        var model = models.Create("vanishing.bin", static () => TinyWhisper.Create(sentence: ModelFiles.Sentence));
        using var whisper = Create(new() { Model = model });
        await whisper.Measured.WaitAsync(Cancellation);
        var other = Create(new() { Model = models.German });
        using var both = new FallbackRecognizer(whisper, other, TimeSpan.FromSeconds(60));
        await using var recognition = both.Start(new());
        recognition.Accept(Sounds.Speech(1));

        File.Delete(model);
        using (var worker = Process.GetProcessById(whisper.ProcessId))
        {
            worker.Kill();
            await worker.WaitForExitAsync(Cancellation);
        }

        Assert.Equal("de", (await recognition.FinishAsync(Cancellation)).Language);
    }

    [Fact]
    public async Task Memory_of_the_worker_stays_bounded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Memory as Linux counts it.");
        using var recognizer = Create(new() { Model = models.Talking });
        await recognizer.Measured.WaitAsync(Cancellation);
        for (var i = 0; i < 5; i++)
            await RecognizeAsync(recognizer);
        var before = Resident(recognizer.ProcessId);
        for (var i = 0; i < 40; i++)
            await RecognizeAsync(recognizer);
        // The managed heap grows by up to 65 MB once; a state of the decoder for each utterance would be 200 MB.
        Assert.InRange(Resident(recognizer.ProcessId), 0, before + 120_000_000);
    }

    [Fact]
    public void Wrong_models_are_refused_with_a_reason()
    {
        Assert.Contains("The file /nowhere/model.bin does not exist.", Problem(new() { Model = "/nowhere/model.bin" }), StringComparison.Ordinal);
        Assert.Contains("magic", Problem(new() { Model = models.Create("text.bin", static () => new byte[1_000]) }), StringComparison.Ordinal);
        Assert.Contains("incomplete", Problem(new() { Model = models.Create("cut.bin", static () => TinyWhisper.Create()[..1_000_000]) }), StringComparison.Ordinal);
        Assert.Contains("tlh", Problem(new() { Model = models.Talking, Language = "tlh" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        foreach (var options in (WhisperOptions[])[new() { Threads = 0 }, new() { Threads = 65 }, new() { MinAudioContext = 63 }, new() { StallTimeout = default }, new() { PartialInterval = TimeSpan.FromSeconds(-1) }])
            Assert.Throws<ArgumentOutOfRangeException>(() => WhisperRecognizer.TryCreate(options, null, null, out _, out _));
    }

    [Fact]
    public void Configuration_selects_whisper_by_name_and_prefers_it_if_there_is_a_model()
    {
        var service = Assert.Single(new ServiceCollection().AddWhisper().AddWhisper());
        Assert.Equal(typeof(WhisperProvider), service.ImplementationType);
        IRecognizerProvider[] providers = [new WhisperProvider(new ModelStore("/nowhere"))];
        foreach (var provider in (string[])["auto", "Whisper"])
        {
            var options = new SpeechOptions { Recognizer = { Provider = provider, Whisper = { Model = models.Talking } }, Synthesizer = { Provider = "tone" } };
            using var engines = SpeechEngines.Create(options, TimeProvider.System, NullLoggerFactory.Instance, providers);
            Assert.Equal("whisper", engines.Recognizer.Name);
            Assert.Contains("Whisper and the model talking", engines.Recognizer.Reason, StringComparison.Ordinal);
        }
        var missing = new SpeechOptions { Recognizer = { Provider = "whisper", Whisper = { Model = "/nowhere.bin" } }, Synthesizer = { Provider = "tone" } };
        var error = Assert.Throws<InvalidOperationException>(() => SpeechEngines.Create(missing, TimeProvider.System, NullLoggerFactory.Instance, providers));
        Assert.Contains("Speech:Recognizer:Whisper: The file /nowhere.bin does not exist.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_model_whisper_says_how_to_get_one_and_auto_goes_on()
    {
        IRecognizerProvider[] providers = [new WhisperProvider(new ModelStore("/nowhere"))];
        var named = new SpeechOptions { Recognizer = { Provider = "whisper" }, Synthesizer = { Provider = "tone" } };
        var error = Assert.Throws<InvalidOperationException>(() => SpeechEngines.Create(named, TimeProvider.System, NullLoggerFactory.Instance, providers));
        Assert.Equal("Speech:Recognizer asks for whisper, which cannot be used: no Whisper model is installed. Install one: parley models get whisper-base.en.", error.Message);
        var auto = new SpeechOptions { Recognizer = { PocketSphinx = { ModelDirectory = "/nowhere" } }, Synthesizer = { Provider = "tone" } };
        using var engines = SpeechEngines.Create(auto, TimeProvider.System, NullLoggerFactory.Instance, providers);
        Assert.Equal("none", engines.Recognizer.Name);
    }

    private static async Task<string> RecognizeAsync(WhisperRecognizer recognizer)
    {
        await using var recognition = recognizer.Start(new() { Partial = static _ => { } });
        foreach (var chunk in Sounds.Speech(2).Chunk(1_600))
            recognition.Accept(chunk);
        return (await recognition.FinishAsync(Cancellation)).Text;
    }

    private static long Resident(int process)
    {
        using var worker = Process.GetProcessById(process);
        return worker.WorkingSet64;
    }

    private static string Problem(WhisperOptions options)
    {
        Assert.False(WhisperRecognizer.TryCreate(options, null, null, out _, out var problem));
        return problem;
    }

    private static WhisperRecognizer Create(WhisperOptions options) => Create(options, out _);

    private static WhisperRecognizer Create(WhisperOptions options, out WarningLog log)
    {
        log = new WarningLog();
        options.Threads = 1;
        Assert.True(WhisperRecognizer.TryCreate(options, null, log, out var recognizer, out var problem), problem);
        return recognizer;
    }

    private sealed class WarningLog : ILogger
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Warnings)
            {
                if (logLevel >= LogLevel.Warning)
                    Warnings.Add(formatter(state, exception));
            }
        }
    }
}
