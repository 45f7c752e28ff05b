namespace Parley.Recording;

/// <summary>
/// Finds what must not be in a record. Registered as a singleton, it is used beside the built-in ones of <see cref="RecordingRedactionOptions"/>.
/// Called by many threads with whole utterances, before anything of them is written. If it throws, the record ends, and what it did not see is not in
/// it.
/// </summary>
public interface IRecordRedactor
{
    /// <summary>Returns what to remove, in any order; overlapping parts are joined.</summary>
    /// <param name="text">What one side said or wrote.</param>
    IEnumerable<RecordRedaction> Find(string text);
}

/// <summary>A part of a text that is removed.</summary>
/// <param name="Start">Index of its first character.</param>
/// <param name="Length">Its length, at least 1.</param>
/// <param name="Label">What is written instead, in brackets, such as <c>card</c>.</param>
public readonly record struct RecordRedaction(int Start, int Length, string Label);
