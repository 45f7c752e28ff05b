namespace Parley.Client.Ending;

/// <summary>Cause of a close and what to do about it.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Advice">What to do.</param>
internal readonly record struct CloseCause(EndCause Cause, RetryAdvice Advice);
