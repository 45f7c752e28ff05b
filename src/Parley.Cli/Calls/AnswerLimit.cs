using System.CommandLine;
using Parley.Cli.Commands;
using Parley.Client;

namespace Parley.Cli.Calls;

/// <summary>How long a command waits for a server that sends nothing of an answer. No command waits without a limit.</summary>
internal static class AnswerLimit
{
    internal static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    internal static Option<TimeSpan?> Option() => Durations.Option("--timeout", "Longest wait for the next piece of the answer. Default: 30s");

    /// <summary>
    /// Whether an update brings an answer nearer. A server that only reconnects, announces its end or reports usage sends nothing of one.
    /// </summary>
    internal static bool IsProgress(LiveUpdate update) => update is AudioUpdate or TextUpdate or ThoughtUpdate or MediaUpdate or CodeUpdate or PartUpdate
        or InputTranscriptUpdate or InterimInputTranscriptUpdate or OutputTranscriptUpdate or GroundingUpdate or VoiceActivityUpdate
        or ToolCallUpdate or ToolCallCancelledUpdate or ToolFailedUpdate or InterruptedUpdate or GenerationCompleteUpdate or TurnCompleteUpdate;

    internal static string Describe(TimeSpan limit) =>
        limit.TotalSeconds < 120 ? $"{limit.TotalSeconds:0.#} s" : $"{limit.TotalMinutes:0.#} min";
}
