using Parley.Audio;
using Parley.Client;

namespace Parley.Testing;

/// <summary>A text that a simulated caller says.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsOtherSpeaker">Whether another person in the room is spoken to: use another voice.</param>
public sealed record EvaluationSpeech(string Text, bool IsOtherSpeaker);

/// <summary>How an evaluation is run.</summary>
public sealed class LiveEvaluationOptions
{
    private double _threshold = -45;
    private TimeSpan _pause = TimeSpan.FromMilliseconds(500);
    private int _repeat = 1, _parallelism = 1;

    /// <summary>The calls; default <see cref="EvaluationSuite.Default"/>.</summary>
    public EvaluationSuite Suite { get; set; } = EvaluationSuite.Default;

    /// <summary>The setup of the sessions. Audio answers and both transcriptions are asked for, whatever it says.</summary>
    public LiveSetup Setup { get; set; } = new() { Model = new ConformanceOptions().Model };

    /// <summary>Speaks texts; default <see cref="Sound.Speech"/>, tones that only detectors take for speech.</summary>
    public Func<EvaluationSpeech, CancellationToken, ValueTask<WavFile>>? Synthesize { get; set; }

    /// <summary>How often each call is made. More calls make the intervals narrower. Default 1.</summary>
    public int Repeat
    {
        get => _repeat;
        set => _repeat = value is >= 1 and <= 1_000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Repeat must be from 1 to 1000.");
    }

    /// <summary>Calls at the same time, in real time. Default 1.</summary>
    public int Parallelism
    {
        get => _parallelism;
        set => _parallelism = value is >= 1 and <= 100 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Parallelism must be from 1 to 100.");
    }

    /// <summary>How long the caller waits for the beginning of an answer. Default 10 s.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Frames of 10 ms at or above this level (RMS, dBFS) are speech. Default −45, from −90 to 0.</summary>
    public double SpeechThresholdDb
    {
        get => _threshold;
        set => _threshold = value is >= -90 and <= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "SpeechThresholdDb must be from -90 to 0.");
    }

    /// <summary>A shorter pause belongs to the speech around it. Default 500 ms, from 10 ms to 5 s.</summary>
    public TimeSpan SpeechPause
    {
        get => _pause;
        set => _pause = value >= TimeSpan.FromMilliseconds(10) && value <= TimeSpan.FromSeconds(5)
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "SpeechPause must be from 10 ms to 5 s.");
    }

    internal ValueTask<WavFile> SpeakAsync(EvaluationSpeech speech, CancellationToken cancellationToken) =>
        Synthesize is { } synthesize ? synthesize(speech, cancellationToken) : ValueTask.FromResult(Sound.Speech(speech.Text));
}
