using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Speech;
using Parley.Speech.Hosting;
using Parley.Testing;

namespace Parley.Cli.Evaluating;

/// <summary>Speaks for simulated callers: one voice for the caller, another for speech to others. Each text is synthesized once.</summary>
internal sealed class CallerVoices : IDisposable
{
    private static readonly SpeechVoice Caller = VoiceCatalog.All.First(static voice => voice.Name == "Kore");
    private static readonly SpeechVoice Other = VoiceCatalog.All.First(static voice => voice.Name == "Charon");

    private readonly Dictionary<EvaluationSpeech, WavFile> _spoken = [];
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly SpeechEngines _engines;

    private CallerVoices(SpeechEngines engines) => _engines = engines;

    /// <summary>The engine in use: "flite", "tone".</summary>
    internal string Name => _engines.Synthesizer.Name;

    /// <param name="settings">Configuration of the synthesizer.</param>
    /// <param name="time">The clock of time-outs.</param>
    /// <exception cref="CommandException">The engine is not installed.</exception>
    internal static CallerVoices Create(IReadOnlyDictionary<string, string?> settings, TimeProvider time)
    {
        var options = new SpeechOptions();
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("Speech").Bind(options);
        (options.Recognizer.Provider, options.Detector.Provider) = (SpeechProviders.None, SpeechProviders.Energy);
        try
        {
            return new CallerVoices(SpeechEngines.Create(options, time, NullLoggerFactory.Instance));
        }
        catch (InvalidOperationException e)
        {
            throw new CommandException($"--tts: {e.Message}", ExitCodes.Usage);
        }
    }

    internal async ValueTask<WavFile> SpeakAsync(EvaluationSpeech speech, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_spoken.TryGetValue(speech, out var known))
                return known;
            var pcm = new MemoryStream();
            await foreach (var chunk in _engines.Synthesizer.Engine.SpeakAsync(speech.Text, speech.IsOtherSpeaker ? Other : Caller, cancellationToken))
                pcm.Write(chunk.Span);
            return _spoken[speech] = new WavFile(PcmFormat.Hz24000.SampleRateHz, Pcm.ToSamples(pcm.ToArray()));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _engines.Dispose();
        _one.Dispose();
    }
}
