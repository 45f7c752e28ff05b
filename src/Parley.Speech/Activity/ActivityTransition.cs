namespace Parley.Speech;

/// <summary>The kinds of <see cref="ActivityTransition"/>.</summary>
public enum ActivityTransitionKind
{
    /// <summary>Somebody began to speak.</summary>
    Started,

    /// <summary>Nobody speaks any more.</summary>
    Ended,
}

/// <summary>The start or the end of an activity. Positions are samples at 16 kHz since the stream began.</summary>
/// <param name="Kind">Start or end; they alternate, a start comes first.</param>
/// <param name="Sample">
/// Where it happened. Of a start: the first sample of the activity, prefix included, never before the last detected end.
/// Of an end: one past the last sample with speech.
/// </param>
/// <param name="DetectedAtSample">How many samples had been heard when it was known; never below <paramref name="Sample"/>.</param>
public readonly record struct ActivityTransition(ActivityTransitionKind Kind, long Sample, long DetectedAtSample);
