using Parley.Testing.Conformance.Running;
using Parley.Testing.Conformance.Sockets;
using static Parley.Testing.ConformanceNeeds;
using static Parley.Testing.ConformanceProfile;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Sessions that continue on another connection.</summary>
internal static class ResumptionChecks
{
    private const string Resumable = "\"sessionResumption\":{}";

    internal static void AddTo(CheckList list)
    {
        list.Area("resumption", "5.6");
        list.Must("handle", "With `sessionResumption` a session gets a handle.", async probe => await HandleAsync(probe), Answers);
        list.Recorded("resumable", "A handle comes with `resumable: true`.", RecordingKind.Text, static (recording, probe) => probe.Require(
            recording.Messages.Where(static message => message.At("sessionResumptionUpdate", "newHandle")?.GetString() is { Length: > 0 })
                .All(static message => message.At("sessionResumptionUpdate", "resumable") is { ValueKind: System.Text.Json.JsonValueKind.True }), "It does not."), Resumption | Answers);
        list.Should("no-update", "Without `sessionResumption` there are no updates.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(Prompts.Content(Prompts.Short));
            await line.TurnAsync();
            while (await line.TryNextAsync(probe.Options.Silence) is { IsEnd: false })
            {
            }
            probe.Require(!line.Taken.Exists(static message => message.Has("sessionResumptionUpdate")), "There is one.");
        }, Answers);
        list.Should("new-handles", "Each turn has a new handle.", async probe =>
        {
            var line = await probe.OpenAsync(Resumable);
            var first = await TurnHandleAsync(line);
            probe.Require(await TurnHandleAsync(line) != first, "The handle is the same.");
        }, Resumption | Answers);
        list.Must("open-call", "A session with an open call is not resumable.", async probe =>
        {
            var line = await probe.OpenAsync($"{Resumable},{Prompts.Tools("BLOCKING")}");
            await ToolChecks.CallAsync(line);
            while (await line.TryNextAsync(probe.Options.Silence) is { IsEnd: false } message)
                probe.Require(message.At("sessionResumptionUpdate", "resumable") is not { ValueKind: System.Text.Json.JsonValueKind.True }, "A handle came while the call is open.");
        }, Resumption | Tools);
        list.In("9.2");
        list.Must("resumes", "A session is resumed with its handle, and answers.", async probe =>
        {
            var line = await ResumeAsync(probe, await HandleAsync(probe));
            await line.SetUpOrFailAsync();
            await line.SendAsync(Prompts.Content(Prompts.Short));
            await line.TurnAsync();
        }, Resumption | Answers);
        list.Must("resumed-handle", "A resumed session gets new handles.", async probe =>
        {
            var line = await ResumeAsync(probe, await HandleAsync(probe));
            await line.SetUpOrFailAsync();
            await TurnHandleAsync(line);
        }, Resumption | Answers);
        list.Must("resumed-first", "`setupComplete` is the first message of a resumed session, too.", async probe =>
        {
            var line = await ResumeAsync(probe, await HandleAsync(probe));
            await line.SetUpOrFailAsync();
            probe.Require(line.Taken[0].Has("setupComplete"), $"The first message is {line.Taken[0]}.");
        }, Resumption | Answers);
        list.Must("other-settings", "A session is resumed with other settings than the model.", async probe =>
        {
            var line = await ResumeAsync(probe, await HandleAsync(probe), ",\"systemInstruction\":{\"parts\":[{\"text\":\"Be kind.\"}]},\"generationConfig\":{\"temperature\":0.2}");
            await line.SetUpOrFailAsync();
        }, Resumption | Answers);
        list.Must("resumes-twice", "A session is resumed a second time with its newest handle.", async probe =>
        {
            var handle = await HandleAsync(probe);
            for (var i = 0; i < 2; i++)
            {
                await using var line = await ResumeAsync(probe, handle);
                await line.SetUpOrFailAsync();
                handle = await TurnHandleAsync(line);
                await line.SendAsync(new byte[] { 0x03, 0xE8 }, ProbeMessage.Close);
                await line.EndAsync();
            }
        }, Resumption | Answers);
        list.Must("old-connection", "A session does not run on two connections: the old one closes, or the new one is refused.", async probe =>
        {
            var old = await probe.OpenAsync(Resumable);
            var line = await ResumeAsync(probe, await TurnHandleAsync(old));
            var answer = await line.NextAsync("setupComplete or a close");
            if (!answer.IsEnd)
                await old.EndAsync();
        }, Resumption | Answers);
        list.Must("lost-connection", "A session is resumed after its connection was lost without a close.", async probe =>
        {
            var old = await probe.OpenAsync(Resumable);
            var handle = await TurnHandleAsync(old);
            await old.DisposeAsync();
            var line = await ResumeAsync(probe, handle);
            await line.SetUpOrFailAsync();
        }, Resumption | Answers);
        Invalid(list, "invalid", "A handle that was never issued closes with 1007 `Invalid session handle`, or with 1008.", _ => Task.FromResult("not-a-handle"));
        Invalid(list, "long", "A handle of 100,000 characters is refused as any other.", _ => Task.FromResult(new string('A', 100_000)));
        Invalid(list, "altered", "An altered handle is refused.", async probe =>
        {
            var handle = await HandleAsync(probe);
            var middle = handle.Length / 2;
            return handle[..middle] + (handle[middle] == 'A' ? 'B' : 'A') + handle[(middle + 1)..];
        }, Resumption | Answers);
        list.Must("other-model", "A handle of another model does not continue a session.", async probe =>
        {
            const string Other = "models/gemini-2.5-flash-native-audio-preview-12-2025";
            await probe.Run.RequireModelAsync(Other, probe);
            var handle = await HandleAsync(probe);
            var line = await probe.ConnectAsync();
            await line.SendAsync(probe.Run.Setup($"\"sessionResumption\":{{\"handle\":\"{handle}\"}}", Other));
            // The service confirms such a setup and closes with 1011.
            var end = await line.UntilAsync(static message => message.IsEnd, "the server closes");
            probe.Require(end.CloseCode is 1007 or 1008 or 1011, $"Expected close 1007, 1008 or 1011; got {end}.");
        }, Resumption | Answers);
        list.In("2.2").Accepts("null-handle", "`handle: null` begins a new session.", "\"sessionResumption\":{\"handle\":null}", severity: Should);
        list.In("9.2").Accepts("empty-handle", "An empty handle begins a new session.", "\"sessionResumption\":{\"handle\":\"\"}", severity: Should);
        list.In("4.1").Refuses("handle-type", "A handle that is no text is refused.", "\"sessionResumption\":{\"handle\":{}}", "");
        list.For(Vertex).In("5.6").Should("transparent", "With `transparent` an update has the index of the last consumed message, as a text.", async probe =>
        {
            var line = await probe.OpenAsync("\"sessionResumption\":{\"transparent\":true}");
            await TurnHandleAsync(line);
            probe.Require(line.Taken.Exists(static message => message.At("sessionResumptionUpdate", "lastConsumedClientMessageIndex") is { ValueKind: System.Text.Json.JsonValueKind.String }),
                "There is none.");
        }, Resumption | Answers);
    }

    private static void Invalid(CheckList list, string name, string text, Func<Probe, Task<string>> handle, ConformanceNeeds needs = ConformanceNeeds.None) =>
        list.Must(name, text, async probe =>
        {
            var line = await ResumeAsync(probe, await handle(probe));
            var end = await line.UntilAsync(static message => message.IsEnd || message.Has("setupComplete"), "a close");
            probe.Require(
                end is { CloseCode: 1007, CloseReason: "Invalid session handle" } || (end.CloseCode == 1008 && end.CloseReason.Contains("not found", StringComparison.Ordinal)),
                $"Expected close 1007 \"Invalid session handle\", or 1008 \"… not found\"; got {end}.");
        }, needs);

    // Has a turn in a session of its own, and closes it.
    private static async Task<string> HandleAsync(Probe probe)
    {
        var line = await probe.OpenAsync(Resumable);
        var handle = await TurnHandleAsync(line);
        await line.SendAsync(new byte[] { 0x03, 0xE8 }, ProbeMessage.Close);
        await line.EndAsync();
        return handle;
    }

    private static async Task<string> TurnHandleAsync(ProbeLine line)
    {
        await line.SendAsync(Prompts.Content(Prompts.Short));
        await line.TurnAsync();
        var update = await line.UntilAsync(static message => message.At("sessionResumptionUpdate", "newHandle")?.GetString() is { Length: > 0 }, "a handle after the turn");
        return update.At("sessionResumptionUpdate", "newHandle")!.Value.GetString()!;
    }

    private static async Task<ProbeLine> ResumeAsync(Probe probe, string handle, string more = "")
    {
        var line = await probe.ConnectAsync();
        await line.SendAsync(probe.Run.Setup($"\"sessionResumption\":{{\"handle\":\"{handle}\"}}{more}"));
        return line;
    }

    private static Task<ProbeMessage> SetUpOrFailAsync(this ProbeLine line) => line.UntilAsync(static message => message.Has("setupComplete"), "setupComplete of the resumed session");
}
