using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceNeeds;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Answers that are cut.</summary>
internal static class InterruptionChecks
{
    private static readonly TimeSpan Watched = TimeSpan.FromMilliseconds(500);

    internal static void AddTo(CheckList list)
    {
        list.Area("interruption", "6.4");
        Cut(list, "content", "`clientContent`", RecordingKind.Interrupted, Answers);
        Cut(list, "speech", "Speech", RecordingKind.BargeIn, Answers | Speech);
        list.Must("empty-content", "An empty `clientContent` cuts an answer.", async probe =>
        {
            var line = await LongAnswerAsync(probe);
            await line.SendAsync("""{"clientContent":{"turnComplete":false}}""");
            await line.UntilAsync(static message => message.Content("interrupted"), "interrupted");
        }, Answers);
        list.Must("silent-after", "After an interruption by an incomplete turn nothing is said.", async probe =>
        {
            var line = await LongAnswerAsync(probe);
            await line.SendAsync("""{"clientContent":{"turnComplete":false}}""");
            await line.UntilAsync(static message => message.Content("interrupted"), "interrupted");
            if (!line.Taken[^1].Content("turnComplete"))
                await line.TurnAsync();
            await line.ExpectSilenceAsync("Expected nothing after the interrupted turn");
        }, Answers);
        list.Must("activity-start", "`activityStart` cuts an answer.", async probe =>
        {
            var line = await LongAnswerAsync(probe, "\"realtimeInputConfig\":{\"automaticActivityDetection\":{\"disabled\":true}}");
            await line.SendAsync("""{"realtimeInput":{"activityStart":{}}}""");
            await line.UntilAsync(static message => message.Content("interrupted"), "interrupted");
        }, Answers);
        list.Should("realtime-text", "A realtime text cuts an answer.", async probe =>
        {
            var line = await LongAnswerAsync(probe);
            await line.SendAsync(Prompts.RealtimeText(Prompts.Short));
            await line.UntilAsync(static message => message.Content("interrupted"), "interrupted");
        }, Answers);
        list.In("4.1.5").Must("no-interruption", "With `NO_INTERRUPTION` speech does not cut an answer.", async probe =>
        {
            var line = await LongAnswerAsync(probe, "\"realtimeInputConfig\":{\"activityHandling\":\"NO_INTERRUPTION\"}");
            await probe.Run.Speech.SayAsync(line, probe.Cancellation);
            await probe.Run.Speech.HushAsync(line, TimeSpan.FromSeconds(1), probe.Cancellation);
            await line.ExpectNoneAsync(static message => message.Content("interrupted"), Watched, "The answer was cut.");
        }, Answers | Speech);
        list.In("6.4").Must("silence-does-not-cut", "Silence does not cut an answer.", async probe =>
        {
            var line = await LongAnswerAsync(probe);
            await probe.Run.Speech.HushAsync(line, TimeSpan.FromMilliseconds(800), probe.Cancellation);
            await line.ExpectNoneAsync(static message => message.Content("interrupted"), Watched, "The answer was cut.");
        }, Answers | Speech);
        list.Must("video-does-not-cut", "A picture does not cut an answer.", async probe =>
        {
            var line = await LongAnswerAsync(probe);
            await line.SendAsync($$$$"""{"realtimeInput":{"video":{"mimeType":"image/png","data":"{{{{ContentChecks.Png}}}}"}}}""");
            await line.ExpectNoneAsync(static message => message.Content("interrupted"), Watched, "The answer was cut.");
        }, Answers);
        list.In("5.4").Must("cancels-call", "An interruption cancels an open call by its id.", async probe =>
        {
            var line = await probe.OpenAsync(Prompts.Tools("BLOCKING"));
            var id = await ToolChecks.CallAsync(line);
            await line.SendAsync(Prompts.Content(Prompts.Short));
            var cancelled = await line.UntilAsync(static message => message.Has("toolCallCancellation"), "toolCallCancellation");
            var ids = cancelled.At("toolCallCancellation", "ids")!.Value.EnumerateArray().Select(static element => element.GetString());
            probe.Require(ids.Contains(id), "The ids are those of other calls.");
        }, Tools);
        list.Must("late-response", "A response to a cancelled call is ignored.", async probe =>
        {
            var line = await probe.OpenAsync(Prompts.Tools("BLOCKING"));
            var id = await ToolChecks.CallAsync(line);
            await line.SendAsync(Prompts.Content(Prompts.Short));
            await line.UntilAsync(static message => message.Has("toolCallCancellation"), "toolCallCancellation");
            await line.SendAsync(Prompts.ToolResponse(id));
            await probe.ExpectAliveAsync(line, "a response to a cancelled call");
        }, Tools);
    }

    // What every interruption has in common.
    private static void Cut(CheckList list, string name, string what, RecordingKind kind, ConformanceNeeds needs)
    {
        list.Must(name, $"{what} cuts an answer, and is answered.", async probe =>
        {
            var recording = await probe.Run.RecordingAsync(kind);
            probe.Shows(recording);
            probe.Require(recording.Failure is null, recording.Failure ?? "");
        }, needs);
        list.Recorded($"{name}-no-audio", $"{what}: no audio comes between `interrupted` and the `turnComplete` of the cut turn.", kind, static (recording, probe) =>
        {
            var (cut, end) = Bounds(recording);
            probe.Require(!recording.Messages.Skip(cut).Take(end - cut + 1).Any(static message => Recording.PartsOf(message).Any()), "A part came.");
        }, needs);
        list.Recorded($"{name}-no-generation-complete", $"{what}: a cut turn has no `generationComplete`.", kind, static (recording, probe) =>
        {
            var (_, end) = Bounds(recording);
            probe.Require(!recording.Messages.Take(end + 1).Any(static message => message.Content("generationComplete")), "It came.");
        }, needs);
        list.Recorded($"{name}-once", $"{what}: `interrupted` comes once.", kind, static (recording, probe) =>
            probe.Require(recording.Messages.Count(static message => message.Content("interrupted")) == 1, "It came again."), needs);
        list.Recorded($"{name}-new-answer", $"{what}: the new answer has audio of its own.", kind, static (recording, probe) =>
        {
            var (_, end) = Bounds(recording);
            probe.Require(recording.Messages.Skip(end + 1).Any(static message => Recording.PartsOf(message).Any()), "It has none.");
        }, needs);
    }

    private static (int Cut, int End) Bounds(Recording recording)
    {
        var cut = recording.IndexOf(static message => message.Content("interrupted"));
        var end = Enumerable.Range(cut, recording.Messages.Count - cut).First(i => recording.Messages[i].Content("turnComplete"));
        return (cut, end);
    }

    private static async Task<ProbeLine> LongAnswerAsync(Probe probe, string setup = "")
    {
        var line = await probe.OpenAsync(setup);
        await line.SendAsync(Prompts.Content(Prompts.Long));
        await line.UntilAsync(static message => Recording.PartsOf(message).Any(), "the beginning of a long answer");
        return line;
    }
}
