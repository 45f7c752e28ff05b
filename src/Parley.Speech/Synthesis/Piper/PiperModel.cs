using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Parley.Speech.Languages;
using Parley.Speech.Synthesis.Espeak;
using Parley.Speech.Synthesis.Neural;

namespace Parley.Speech.Synthesis.Piper;

/// <summary>A loaded Piper voice: its description, its espeak-ng and its network.</summary>
internal sealed partial class PiperModel : IDisposable
{
    // About half a minute of speech; a network needs memory in proportion.
    private const int LongestPart = 400;

    private readonly EspeakPhonemizer? _espeak;
    private readonly PiperPhonemes _phonemes;
    private readonly ConcurrentDictionary<int, VoiceLevel> _levels = [];
    private readonly ILogger _logger;
    private int _hasLogged;

    /// <summary>Loads a voice; blocks meanwhile.</summary>
    /// <exception cref="InvalidOperationException">It cannot be used; the message says why.</exception>
    public PiperModel(string path, VoicePlace place, EspeakOptions espeak)
    {
        Voice = PiperVoice.Load(path);
        _logger = place.Logger;
        _espeak = Voice.EspeakVoice is { } name ? new EspeakPhonemizer(espeak, name, place.TimeProvider) : null;
        _phonemes = new PiperPhonemes(Voice, _espeak);
        try
        {
            _espeak?.Start();
            Engine = place.Start<PiperEngineFactory>("piper", path, Request([], 1, Voice.DefaultSpeaker));
        }
        catch (SpeechEngineException e)
        {
            throw new InvalidOperationException($"A Piper voice needs espeak-ng, but {e.Message} {Hosting.InstallHint.For(Hosting.SpeechProviders.Espeak)}", e);
        }
        finally
        {
            if (Engine is null)
                _espeak?.Dispose();
        }
    }

    public PiperVoice Voice { get; }

    public VoiceEngine Engine { get; }

    /// <summary>Its name for logs and health pages: "en_US-lessac-medium".</summary>
    public string Name => Path.GetFileNameWithoutExtension(Voice.Path);

    /// <summary>Speaks a text.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, int speaker, float stretch, CancellationToken cancellationToken) => VoiceStream.SpeakAsync(
        UnitsAsync(text, speaker, stretch, cancellationToken), Engine, Voice.RateHz, _levels.GetOrAdd(speaker, _ => new VoiceLevel(Voice.RateHz)), cancellationToken);

    public void Dispose()
    {
        Engine.Dispose();
        _espeak?.Dispose();
    }

    private async IAsyncEnumerable<VoiceUnit> UnitsAsync(string text, int speaker, float stretch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isFirst = true;
        foreach (var piece in VoiceText.Pieces(text, Voice.Language))
        {
            foreach (var sentence in await _phonemes.OfAsync(piece, cancellationToken).ConfigureAwait(false))
            {
                var parts = sentence.Parts(isFirst, LongestPart).ToList();
                isFirst = false;
                for (var i = 0; i < parts.Count; i++)
                {
                    if (parts[i].Any(Voice.Ids.ContainsKey))
                        yield return new(Request(parts[i], stretch, speaker), i == parts.Count - 1 && parts[i][^1] is "." or "?" or "!");
                }
            }
        }
    }

    private VoiceRequest Request(IReadOnlyList<string> phonemes, float stretch, int speaker)
    {
        var missing = new HashSet<string>();
        var ids = Voice.ToIds(phonemes, missing);
        if (missing.Count > 0 && Interlocked.Exchange(ref _hasLogged, 1) == 0)
            Log.PhonemesMissing(_logger, Name, string.Join(' ', missing));
        return new(0, ids, [Voice.NoiseScale, Voice.LengthScale * Math.Clamp(stretch, 0.5f, 2), Voice.NoiseWidth], speaker);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.PhonemesMissing, LogLevel.Information, "Voice {Voice} has no sound for the phonemes {Phonemes}; they are left out, now and later")]
        public static partial void PhonemesMissing(ILogger logger, string voice, string phonemes);
    }
}
