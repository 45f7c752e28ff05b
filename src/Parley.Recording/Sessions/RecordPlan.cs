using Parley.Recording.Redaction;

namespace Parley.Recording.Sessions;

/// <summary>What is recorded of a session, and how.</summary>
/// <param name="HasExactTimes">The transcript of the model's audio belongs to the chunk before it: a local model.</param>
/// <param name="Redactor">Removes what must not be written; null = nothing.</param>
/// <param name="KeepsUser">Whether the user's audio is kept.</param>
/// <param name="KeepsModel">Whether the model's audio is kept.</param>
/// <param name="KeepsArguments">Whether the arguments of function calls are kept.</param>
internal sealed record RecordPlan(bool HasExactTimes, Redactor? Redactor, bool KeepsUser, bool KeepsModel, bool KeepsArguments)
{
    /// <summary>Whether the first turn is the announcement, which is no turn of the model.</summary>
    internal bool HasAnnouncement { get; init; }
}
