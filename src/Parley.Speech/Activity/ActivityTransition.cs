namespace Parley.Speech.Activity;

/// <summary>The kinds of <see cref="ActivityTransition"/>.</summary>
internal enum ActivityTransitionKind
{
    /// <summary>Speech started.</summary>
    Started,

    /// <summary>Speech ended.</summary>
    Ended,
}

/// <summary>The start or the end of an activity. Positions are samples at 16 kHz since the stream began.</summary>
/// <param name="Kind">Start or end; they alternate, a start comes first.</param>
/// <param name="Sample">
/// Position. Of a start: the first sample of the activity, prefix included, never before the last detected end.
/// Of an end: one past the last sample with speech.
/// </param>
/// <param name="DetectedAtSample">How many samples had been processed at detection; never below <paramref name="Sample"/>.</param>
internal readonly record struct ActivityTransition(ActivityTransitionKind Kind, long Sample, long DetectedAtSample);
