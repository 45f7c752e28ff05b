using Microsoft.Extensions.Logging;
using Parley.Speech;
using Parley.Speech.TurnTaking;

namespace Parley.Cascade.Input;

/// <summary>
/// The end of the user's turns in a session: asks the turn detector, and turns its probability into the silence that ends the turn. A
/// detector that throws, or that repeatedly holds up the audio, is not asked again: the configured silence applies from then on.
/// </summary>
internal sealed partial class TurnEnd : IDisposable
{
    // A collection or a busy machine may stop any thread this long; a detector that does so again and again is slow.
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);
    private const int MaxSlowCalls = 8;

    private readonly CascadeModel _model;
    private readonly EndpointingPolicy _policy;
    private ITurnDetector? _detector;
    private TimeSpan? _sinceAnswer;
    private bool _answersQuestion;
    private int _slowCalls;

    private TurnEnd(CascadeModel model, EndpointingPolicy policy, ITurnDetector detector) =>
        (_model, _policy, _detector) = (model, policy, detector);

    /// <summary>The transcript of the turn so far.</summary>
    internal string Partial { get; set; } = "";

    /// <summary>Newest probability that the turn is over; NaN if it is unknown.</summary>
    internal float Probability { get; private set; } = float.NaN;

    /// <summary>Creates the detector of a session; null if there is none.</summary>
    internal static TurnEnd? Create(CascadeModel model, EndpointingPolicy policy) =>
        model.Parts.TurnDetectors is { } detectors ? new TurnEnd(model, policy, detectors.Create()) : null;

    /// <summary>The user starts to speak.</summary>
    internal void Begin(TimeSpan? sinceAnswer, bool answersQuestion)
    {
        (Partial, Probability, _sinceAnswer, _answersQuestion) = ("", float.NaN, sinceAnswer, answersQuestion);
        try
        {
            _detector?.BeginTurn();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e);
        }
    }

    /// <summary>Takes the next audio.</summary>
    internal void Process(ReadOnlySpan<short> samples, float speech)
    {
        if (_detector is null)
            return;
        var started = _model.TimeProvider.GetTimestamp();
        try
        {
            _detector.Process(samples, speech);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e);
        }
        Took(started);
    }

    /// <summary>The silence that ends the turn, given the silence so far.</summary>
    internal TimeSpan SilenceAt(TimeSpan silence, TimeSpan speech)
    {
        if (_detector is null)
            return _policy.Silence;
        var started = _model.TimeProvider.GetTimestamp();
        try
        {
            Probability = _detector.GetEndProbability(new TurnState(Partial, silence, speech, _sinceAnswer, _answersQuestion));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e);
        }
        Took(started);
        return _policy.SilenceFor(Probability);
    }

    public void Dispose() => Drop();

    private void Took(long started)
    {
        if (_model.TimeProvider.GetElapsedTime(started) < Slow || ++_slowCalls < MaxSlowCalls || _detector is null)
            return;
        Log.Slow(_model.Logger, _model.Parts.TurnDetectors!.Name, Slow.TotalMilliseconds);
        Drop();
    }

    private void Fail(Exception exception)
    {
        Log.Failed(_model.Logger, _model.Parts.TurnDetectors!.Name, exception);
        Drop();
    }

    private void Drop()
    {
        var detector = _detector;
        (_detector, Probability) = (null, float.NaN);
        try
        {
            detector?.Dispose();
        }
#pragma warning disable CA1031 // The detector is no longer needed, so errors of disposal are ignored.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.TurnDetectorFailed, LogLevel.Warning,
            "Turn detector {Detector} failed; the configured silence ends the turns of this session")]
        public static partial void Failed(ILogger logger, string detector, Exception exception);

        [LoggerMessage(
            EventIds.TurnDetectorSlow, LogLevel.Warning,
            "Turn detector {Detector} repeatedly took more than {Milliseconds} ms; the configured silence ends the turns of this session")]
        public static partial void Slow(ILogger logger, string detector, double milliseconds);
    }
}
