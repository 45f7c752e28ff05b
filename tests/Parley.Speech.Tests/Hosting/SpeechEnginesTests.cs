using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Hosting;
using Parley.Speech.Recognition;

namespace Parley.Speech.Tests;

public sealed class SpeechEnginesTests
{
    [Fact]
    public async Task Without_configuration_every_stage_has_an_engine_and_a_reason()
    {
        using var engines = Create(new());
        Assert.NotEmpty(engines.Recognizer.Reason);
        Assert.Contains(engines.Recognizer.Name, (string[])["pocketsphinx", "none"]);
        Assert.Equal("silero", engines.Detectors.Name);
        Assert.NotEmpty(await engines.Synthesizer.Engine.CollectAsync("Hello."));
        Assert.NotEmpty(engines.Synthesizer.Reason);
        if (engines.Recognizer.Engine is PocketSphinxRecognizer)
            Assert.Contains("decoders", engines.Recognizer.Status, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_engines_are_reported()
    {
        using var engines = Create(new() { Recognizer = { PocketSphinx = { ModelDirectory = "/nowhere" } } });
        Assert.IsType<AbsentRecognizer>(engines.Recognizer.Engine);
        Assert.Contains("speech is not recognized", engines.Recognizer.Reason, StringComparison.Ordinal);
        Assert.Contains(InstallHint.For("pocketsphinx"), engines.Recognizer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_and_fallbacks_are_created_as_configured()
    {
        using var engines = Create(new()
        {
            Recognizer = { Provider = "openai", Fallback = "none", OpenAI = { Endpoint = "http://user:pass@localhost:9/v1", Model = "whisper" } },
            Detector = { Provider = "energy" },
            Synthesizer = { Provider = "OpenAI", Fallback = "tone", OpenAI = { Endpoint = "http://localhost:9", Model = "kokoro" } },
        });
        Assert.Equal("openai, else none", engines.Recognizer.Name);
        Assert.Contains("whisper at http://localhost:9, as configured. If it fails: Speech recognition is off", engines.Recognizer.Reason, StringComparison.Ordinal);
        Assert.Equal("energy", engines.Detectors.Name);
        Assert.Equal("openai, else tone", engines.Synthesizer.Name);
    }

    [Fact]
    public void An_engine_configured_by_name_must_be_available()
    {
        AssertRefused("/nowhere", new() { Recognizer = { Provider = "pocketsphinx", PocketSphinx = { ModelDirectory = "/nowhere" } } });
        AssertRefused("Speech:Recognizer:OpenAI", new() { Recognizer = { Provider = "openai" } });
        AssertRefused("Speech:Synthesizer:OpenAI", new() { Synthesizer = { Provider = "openai" } });
        AssertRefused("no-such-program", new() { Synthesizer = { Provider = "espeak", Espeak = { Program = "no-such-program" } } });
        AssertRefused("magic", new() { Recognizer = { Provider = "magic" } });
        AssertRefused("magic", new() { Detector = { Provider = "magic" } });
        AssertRefused("magic", new() { Synthesizer = { Provider = "magic" } });

        static void AssertRefused(string text, SpeechOptions options) =>
            Assert.Contains(text, Assert.Throws<InvalidOperationException>(() => Create(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognizers_of_other_packages_are_preferred_if_they_are_installed()
    {
        using (var engines = Create(new(), new Provider("best", "the model is missing."), new Provider("good", "")))
            Assert.Equal("good", engines.Recognizer.Name);
        using (var engines = Create(new(), new Provider("best", ""), new Provider("good", "")))
            Assert.Equal("best", engines.Recognizer.Name);
        using (var engines = Create(new() { Recognizer = { Provider = "Good", Fallback = "best" } }, new Provider("best", ""), new Provider("good", "")))
            Assert.Equal("good, else best", engines.Recognizer.Name);
    }

    [Fact]
    public void A_recognizer_of_another_package_that_is_configured_by_name_must_be_available()
    {
        var missing = Assert.Throws<InvalidOperationException>(() => Create(new() { Recognizer = { Provider = "good" } }, new Provider("good", "its model is missing.")));
        Assert.Equal("Speech:Recognizer asks for good, which cannot be used: its model is missing.", missing.Message);
        var unknown = Assert.Throws<InvalidOperationException>(() => Create(new() { Recognizer = { Provider = "magic" } }, new Provider("good", "")));
        Assert.Contains("Use auto, good, pocketsphinx, openai or none.", unknown.Message, StringComparison.Ordinal);
    }

    private static SpeechEngines Create(SpeechOptions options, params IRecognizerProvider[] others) =>
        SpeechEngines.Create(options, new FakeTimeProvider(), NullLoggerFactory.Instance, others);

    private sealed class Provider(string name, string missing) : IRecognizerProvider, ISpeechRecognizer
    {
        public string Name => name;

        public SpeechStage<ISpeechRecognizer>? TryCreate(RecognizerOptions options, TimeProvider time, ILoggerFactory loggers, out string problem)
        {
            problem = missing;
            return problem.Length > 0 ? null : new(this, name, "It is here.");
        }

        public IRecognition Start(RecognitionRequest request) => throw new NotSupportedException();
    }

    private static SpeechEngines Create(SpeechOptions options) => SpeechEngines.Create(options, new FakeTimeProvider(), NullLoggerFactory.Instance);
}
