using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Hosting;

namespace Parley.Speech.Tests;

public sealed class InstalledVoicesTests : IDisposable
{
    private readonly TinyVoices _voices = new();
    private readonly SynthesizerOptions _options = new() { Flite = { Isolation = EngineIsolation.InProcess }, Piper = { Isolation = EngineIsolation.InProcess }, Kokoro = { Isolation = EngineIsolation.InProcess } };

    public InstalledVoicesTests() => Assert.SkipUnless(
        EspeakSynthesizer.TryCreate(null, null, out _, out var problem), $"{problem}. Install the Debian package espeak-ng to run this test.");

    public void Dispose() => _voices.Dispose();

    [Fact]
    public async Task An_installed_voice_speaks_its_language()
    {
        Install("piper-en", _voices.Piper());
        var stage = Create();
        using var synthesizer = (IDisposable)stage.Engine;
        Assert.StartsWith("piper+", stage.Name, StringComparison.Ordinal);
        Assert.Contains("Voice en_US-tiny-low found: speaking en-US with Piper.", stage.Reason, StringComparison.Ordinal);
        Assert.Equal(1, TinyVoices.Read(await stage.Engine.CollectAsync("Yes."))[0]);

        // Another language has another engine.
        Assert.NotEqual(1, TinyVoices.Read(await stage.Engine.CollectAsync("Guten Tag.", VoiceCatalog.Default with { Language = "de-DE" }))[0]);
    }

    [Fact]
    public async Task An_installed_voice_that_is_damaged_is_replaced()
    {
        var path = _voices.Piper();
        Install("piper-en", path);
        File.WriteAllBytes(Path.Combine(_voices.Folder, "store", "piper-en", Path.GetFileName(path)), new byte[new FileInfo(path).Length]);
        var stage = Create();
        using var synthesizer = (IDisposable)stage.Engine;
        Assert.NotEmpty(await stage.Engine.CollectAsync("Yes."));
    }

    [Fact]
    public async Task A_configured_voice_speaks_its_language_and_others_speak_theirs()
    {
        _options.Provider = "piper";
        _options.Piper.Model = _voices.Piper();
        var stage = Create();
        using var synthesizer = (IDisposable)stage.Engine;
        Assert.Equal("piper", stage.Name);
        Assert.Equal(1, TinyVoices.Read(await stage.Engine.CollectAsync("Yes."))[0]);
        Assert.NotEqual(1, TinyVoices.Read(await stage.Engine.CollectAsync("Guten Tag.", VoiceCatalog.Default with { Language = "de-DE" }))[0]);
    }

    [Fact]
    public async Task Kokoro_speaks_languages_for_which_Piper_has_no_voice()
    {
        Install("kokoro", _voices.Kokoro("af_heart", "ff_siwis"));
        Install("piper-en", _voices.Piper());
        var stage = Create();
        using var synthesizer = (IDisposable)stage.Engine;
        Assert.Equal(1, TinyVoices.Read(await stage.Engine.CollectAsync("Yes."))[0]);
        Assert.Equal(4, TinyVoices.Read(await stage.Engine.CollectAsync("Oui.", VoiceCatalog.Default with { Language = "fr-FR" }))[0]); // The style of the second voice doubles the tone of 0.
    }

    [Theory]
    [InlineData("piper", "Speech:Synthesizer:Piper: No Piper voice is installed.")]
    [InlineData("kokoro", "Speech:Synthesizer:Kokoro: No Kokoro model is installed.")]
    [InlineData("nonsense", "Use auto, piper, kokoro, flite, espeak, openai or tone.")]
    public void A_provider_without_a_voice_is_an_error(string provider, string problem)
    {
        _options.Provider = provider;
        Assert.Contains(problem, Assert.Throws<InvalidOperationException>(Create).Message, StringComparison.Ordinal);
    }

    private SpeechStage<ISpeechSynthesizer> Create() =>
        new SynthesizerFactory(_options, new ModelStore(Path.Combine(_voices.Folder, "store")), new FakeTimeProvider(), NullLoggerFactory.Instance).Create();

    /// <summary>Copies a voice into the store, with the manifest that "parley models get" writes.</summary>
    private void Install(string name, string path)
    {
        var target = Directory.CreateDirectory(Path.Combine(_voices.Folder, "store", name)).FullName;
        var files = Directory.EnumerateFiles(Path.GetDirectoryName(path)!).OrderByDescending(file => file == path).ToList();
        foreach (var file in files)
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(target, Parley.Speech.Models.ModelManifest.FileName), JsonSerializer.Serialize(new
        {
            name,
            engine = name.Split('-')[0],
            files = files.Select(file => new { name = Path.GetFileName(file), bytes = new FileInfo(file).Length, sha256 = new string('0', 64) }),
        }));
    }
}
