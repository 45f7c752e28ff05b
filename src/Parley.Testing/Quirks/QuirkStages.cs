namespace Parley.Testing.Quirks;

/// <summary>The stages of the quirks, from the outermost, next to the client, to the innermost.</summary>
internal static class QuirkStages
{
    /// <summary>How late pongs are with <see cref="Quirk.LatePongs"/>.</summary>
    internal static readonly TimeSpan PongDelay = TimeSpan.FromSeconds(15);

    // Those that change the form of messages are outside of those that make, drop or hold them.
    private static readonly (Quirk Quirk, Func<QuirkStage> Create)[] Table =
    [
        (Quirk.BinaryFrames, static () => new BinaryFrames()),
        (Quirk.LongCloseReasons, static () => new LongCloseReasons()),
        (Quirk.IdleCut, static () => new IdleCut()),
        (Quirk.LifetimeEndsAsError, static () => new LifetimeEndsAsError()),
        (Quirk.SilenceAfterGoAway, static () => new SilenceAfterGoAway()),
        (Quirk.OneConnectAtATime, static () => new OneConnectAtATime()),
        (Quirk.RefusedNullHandle, static () => new RefusedNullHandle()),
        (Quirk.RefusedSchemas, static () => new RefusedSchemas()),
        (Quirk.ResumeNeedsClosedSocket, static () => new ResumeNeedsClosedSocket()),
        (Quirk.StaleHandles, static () => new StaleHandles()),
        (Quirk.ResumeCostsTokenUse, static () => new ResumeCostsTokenUse()),
        (Quirk.VideoBeforeHistory, static () => new VideoBeforeHistory()),
        (Quirk.FirstAudioCloses, static () => new FirstAudioCloses()),
        (Quirk.RefusedReplay, static () => new RefusedReplay()),
        (Quirk.RefusedContent, static () => new RefusedContent()),
        (Quirk.FullContext, static () => new FullContext()),
        (Quirk.MergedMessages, static () => new MergedMessages()),
        (Quirk.OddAudioParts, static () => new OddAudioParts()),
        (Quirk.EmptyMessages, static () => new EmptyMessages()),
        (Quirk.ThoughtsInAudio, static () => new ThoughtsInAudio()),
        (Quirk.VertexForms, static () => new VertexForms()),
        (Quirk.SeparateParallelCalls, static () => new SeparateParallelCalls()),
        (Quirk.AudioAfterToolCall, static () => new AudioAfterToolCall()),
        (Quirk.UnrequestedHandles, static () => new UnrequestedHandles()),
        (Quirk.StrayInterrupted, static () => new StrayInterrupted()),
        (Quirk.RaggedTranscripts, static () => new RaggedTranscripts()),
        (Quirk.LateTranscripts, static () => new LateTranscripts()),
        (Quirk.EarlyTurnComplete, static () => new EarlyTurnComplete()),
        (Quirk.EchoInterrupts, static () => new EchoInterrupts()),
        (Quirk.EmptyTurns, static () => new EmptyTurns()),
        (Quirk.UnansweredTurns, static () => new UnansweredTurns()),
        (Quirk.CloseInToolCall, static () => new CloseInToolCall()),
        (Quirk.CloseAfterToolResponse, static () => new CloseAfterToolResponse()),
        (Quirk.RepeatedCalls, static () => new RepeatedCalls()),
        (Quirk.DuplicateCalls, static () => new DuplicateCalls()),
        (Quirk.CallsBlockInput, static () => new CallsBlockInput()),
    ];

    internal static IEnumerable<QuirkStage> Of(IReadOnlyList<Quirk> enabled) =>
        Table.Where(row => enabled.Contains(row.Quirk)).Select(static row => row.Create());
}
