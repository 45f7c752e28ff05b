using Parley.Audio;
using Parley.Testing.Evaluation.Calling;

namespace Parley.Testing;

/// <summary>
/// What a simulated caller does in one call. Texts are spoken by <see cref="LiveEvaluationOptions.Synthesize"/>.
/// <code>
/// var call = new EvaluationCall("story").Says("Tell me a long story.").Interrupts("Stop. What is seven times six?", TimeSpan.FromSeconds(2)).Listens();
/// </code>
/// <c>after</c> counts from the beginning of the answer that is being heard; null = at once. If no answer comes, or it is over, the caller speaks all the same.
/// </summary>
public sealed class EvaluationCall
{
    private readonly List<CallerStep> _steps = [];

    /// <summary>Creates a call without steps.</summary>
    /// <param name="name">Its name, also of its files: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</param>
    public EvaluationCall(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = IsName(name) ? name : throw new ArgumentException($"'{name}' is not the name of a call. Use letters, digits, '-', '_' and '.'.", nameof(name));
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    internal IReadOnlyList<CallerStep> Steps => _steps;

    /// <summary>Says a turn.</summary>
    /// <param name="text">What to say.</param>
    public EvaluationCall Says(string text) => Utters(UtteranceKind.Turn, text, null);

    /// <summary>Says a turn that is recorded.</summary>
    /// <param name="recording">Any rate. Silence around it is left out.</param>
    /// <param name="words">Its words, for the word error rate; null = unknown.</param>
    public EvaluationCall Says(WavFile recording, string? words = null) => Add(new UtterStep(UtteranceKind.Turn, [SpokenPart.Of(recording)], words, null));

    /// <summary>Says a turn with a pause in it, as people do who think: the agent is to wait.</summary>
    /// <param name="beginning">What is said before the pause.</param>
    /// <param name="pause">The pause.</param>
    /// <param name="end">What is said after it.</param>
    public EvaluationCall Hesitates(string beginning, TimeSpan pause, string end) =>
        Add(new UtterStep(UtteranceKind.Turn, [SpokenPart.Of(beginning), SpokenPart.Of(pause), SpokenPart.Of(end)], $"{beginning} {end}", null));

    /// <summary>Interrupts the answer.</summary>
    /// <param name="text">What to say.</param>
    /// <param name="after">Time since the answer began.</param>
    public EvaluationCall Interrupts(string text, TimeSpan after) => Utters(UtteranceKind.Interruption, text, after);

    /// <inheritdoc cref="Interrupts(string, TimeSpan)"/>
    /// <param name="recording">What to say. Any rate.</param>
    /// <param name="after">Time since the answer began.</param>
    /// <param name="words">Its words, for the word error rate; null = unknown.</param>
    public EvaluationCall Interrupts(WavFile recording, TimeSpan after, string? words = null) =>
        Add(new UtterStep(UtteranceKind.Interruption, [SpokenPart.Of(recording)], words, after));

    /// <summary>Shows attention while the agent speaks.</summary>
    /// <param name="text">Such as "Uh-huh.".</param>
    /// <param name="after">Time since the answer began.</param>
    public EvaluationCall Backchannels(string text, TimeSpan? after = null) => Utters(UtteranceKind.Backchannel, text, after);

    /// <inheritdoc cref="Backchannels(string, TimeSpan?)"/>
    /// <param name="recording">What to say. Any rate.</param>
    /// <param name="after">Time since the answer began.</param>
    public EvaluationCall Backchannels(WavFile recording, TimeSpan? after = null) =>
        Add(new UtterStep(UtteranceKind.Backchannel, [SpokenPart.Of(recording)], null, after));

    /// <summary>Makes a noise with the voice, synthesized from a seed.</summary>
    /// <param name="noise">Which.</param>
    /// <param name="after">Time since the answer began.</param>
    /// <param name="seed">Another seed is another cough.</param>
    public EvaluationCall MakesNoise(VocalNoise noise, TimeSpan? after = null, int seed = 1) =>
        Add(new UtterStep(UtteranceKind.Noise, [SpokenPart.Of(VocalNoises.Create(noise, seed))], null, after));

    /// <inheritdoc cref="MakesNoise(VocalNoise, TimeSpan?, int)"/>
    /// <param name="recording">The noise. Any rate.</param>
    /// <param name="after">Time since the answer began.</param>
    public EvaluationCall MakesNoise(WavFile recording, TimeSpan? after = null) => Add(new UtterStep(UtteranceKind.Noise, [SpokenPart.Of(recording)], null, after));

    /// <summary>Speaks to another person in the room, in another voice and 12 dB lower.</summary>
    /// <param name="text">What to say.</param>
    /// <param name="after">Time since the answer began.</param>
    public EvaluationCall SpeaksToOthers(string text, TimeSpan? after = null) => Utters(UtteranceKind.SpeechToOthers, text, after, LevelOfOthersDb);

    /// <summary>Says nothing for a time.</summary>
    /// <param name="time">How long.</param>
    public EvaluationCall Waits(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return Add(new WaitStep(time));
    }

    /// <summary>Listens to the whole answer; an answer that does not begin in <see cref="LiveEvaluationOptions.AnswerTimeout"/> is not waited for any longer.</summary>
    /// <param name="most">The longest time; null = 60 s.</param>
    public EvaluationCall Listens(TimeSpan? most = null) => Add(new ListenStep(most ?? ListenStep.Longest));

    /// <summary>The steps in one line.</summary>
    public override string ToString() => string.Join(", ", _steps.Select(static step => step switch
    {
        UtterStep { Words: { } words } utter => $"{Evaluation.Reports.ReportMarkdown.Name(utter.Kind)} \"{words}\"",
        UtterStep utter => Evaluation.Reports.ReportMarkdown.Name(utter.Kind),
        WaitStep wait => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"wait {wait.Time.TotalSeconds:0.##} s"),
        _ => "listen",
    }));

    internal const double LevelOfOthersDb = -12;

    internal static bool IsName(string name) =>
        name.Length <= 100 && name[0] != '.' && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    internal EvaluationCall Renamed(string name)
    {
        var copy = new EvaluationCall(name);
        copy._steps.AddRange(_steps);
        return copy;
    }

    internal EvaluationCall Add(CallerStep step)
    {
        _steps.Add(step);
        return this;
    }

    private EvaluationCall Utters(UtteranceKind kind, string text, TimeSpan? after, double levelDb = 0)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return Add(new UtterStep(kind, [SpokenPart.Of(text)], text, after) { LevelDb = levelDb });
    }
}
