using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary><c>clientContent</c>: turns of a conversation in text.</summary>
internal static class ContentChecks
{
    // A PNG of one pixel.
    internal const string Png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    internal static void AddTo(CheckList list)
    {
        list.Area("content", "6.3");
        list.Must("answered", "A turn in `clientContent` is answered, up to `turnComplete`.", async probe =>
        {
            var recording = await probe.Run.RecordingAsync(RecordingKind.Text);
            probe.Shows(recording);
            probe.Require(recording.Failure is null, recording.Failure ?? "");
        });
        list.In("4.2");
        Answered(list, "role-missing", "A turn without a role is one of the user.", Turns("""{"parts":[{"text":"Say hello."}]}"""));
        Answered(list, "history", "Earlier turns of both sides may come with the turn.", Turns(
            """{"role":"user","parts":[{"text":"My name is Ada."}]},{"role":"model","parts":[{"text":"Hello, Ada."}]},{"role":"user","parts":[{"text":"Say hello."}]}"""));
        Answered(list, "several-parts", "A turn may have several parts.", Turns("""{"role":"user","parts":[{"text":"Say "},{"text":"hello."}]}"""));
        Answered(list, "picture", "A turn may have a picture.", Turns(
            $$$$"""{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"{{{{Png}}}}"}},{"text":"Say hello."}]}"""));
        Answered(list, "single-turn", "`turns` may be a single object.", """{"clientContent":{"turns":{"role":"user","parts":{"text":"Say hello."}},"turnComplete":true}}""");
        Answered(list, "snake-case", "`client_content` and `turn_complete` are accepted.", """{"client_content":{"turns":[{"role":"user","parts":[{"text":"Say hello."}]}],"turn_complete":true}}""");
        list.AcceptsMessage("long-text", "A text of 30,000 characters is accepted.", Turns($$"""{"role":"user","parts":[{"text":"{{new string('a', 30_000)}}"}]}""", complete: false));
        list.In("6.3").Must("incomplete-waits", "Without `turnComplete` nothing is generated.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(Prompts.Content(Prompts.Short, complete: false));
            await line.ExpectSilenceAsync("Expected no answer to an incomplete turn");
        }, ConformanceNeeds.Answers);
        list.Must("completed-later", "`turnComplete` alone generates from what came before.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync(Prompts.Content(Prompts.Short, complete: false));
            await line.SendAsync("""{"clientContent":{"turnComplete":true}}""");
            await line.TurnAsync();
        }, ConformanceNeeds.Answers);
        list.Must("second-turn", "A session takes another turn after the first.", async probe =>
        {
            var line = await probe.OpenAsync();
            for (var i = 0; i < 2; i++)
            {
                await line.SendAsync(Prompts.Content(Prompts.Short));
                await line.TurnAsync();
            }
        }, ConformanceNeeds.Answers);
        list.In("4.2");
        list.AcceptsMessage("empty", "An empty `clientContent` is accepted.", """{"clientContent":{}}""");
        list.AcceptsMessage("stop", "`turnComplete: false` alone is accepted.", """{"clientContent":{"turnComplete":false}}""");
        list.AcceptsMessage("no-turns", "An empty list of turns is accepted.", """{"clientContent":{"turns":[]}}""");
        list.RefusesMessage("system-role", "The role `system` is refused.", Turns("""{"role":"system","parts":[{"text":"Be brief."}]}"""), "", severity: Should);
        list.RefusesMessage("turn-is-text", "A text in place of a turn is refused.", """{"clientContent":{"turns":["hello"],"turnComplete":true}}""", "Invalid value at 'client_content.turns");
        list.RefusesMessage("unknown-member", "An unknown member is refused by name.", """{"clientContent":{"turn":[]}}""", "Unknown name \"turn\" at 'client_content': Cannot find field.");
        list.In("4.6");
        list.RefusesMessage("part-unknown", "An unknown kind of part is refused by name.", Turns("""{"parts":[{"picture":"x"}]}"""), "Unknown name \"picture\" at 'client_content.turns[0].parts[0]'");
        list.RefusesMessage("two-part-members", "A part with a text and a picture is refused.",
            Turns("""{"parts":[{"text":"hello","inlineData":{"mimeType":"image/png","data":"AAAA"}}]}"""), "", severity: Should);
        list.RefusesMessage("complete-type", "`turnComplete` that is no boolean is refused.", """{"clientContent":{"turnComplete":"now"}}""", "Invalid value at 'client_content.turn_complete'");
        list.AcceptsMessage("thought-part", "Parts may have the flags of the service.", Turns("""{"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"AAAA"}]}""", complete: false));
        list.AcceptsMessage("call-history", "Earlier calls and their responses may be history.", Turns(
            """{"role":"model","parts":[{"functionCall":{"id":"a","name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"id":"a","name":"f","response":{}}}]}""", complete: false));
        list.In("4.1").Must("history-config", "With `initialHistoryInClientContent`, history is not answered, and realtime input after it is.", async probe =>
        {
            var line = await probe.OpenAsync("\"historyConfig\":{\"initialHistoryInClientContent\":true}");
            await line.SendAsync(Turns("""{"role":"user","parts":[{"text":"My name is Ada."}]},{"role":"model","parts":[{"text":"Hello, Ada."}]}"""));
            await line.ExpectSilenceAsync("Expected no answer to history");
            await line.SendAsync(Prompts.RealtimeText(Prompts.Short));
            await line.TurnAsync();
        }, ConformanceNeeds.Answers);
    }

    internal static string Turns(string turns, bool complete = true) => $$$$"""{"clientContent":{"turns":[{{{{turns}}}}]{{{{(complete ? ",\"turnComplete\":true" : "")}}}}}}""";

    private static void Answered(CheckList list, string name, string text, string message) => list.Must(name, text, async probe =>
    {
        var line = await probe.OpenAsync();
        await line.SendAsync(message);
        await line.TurnAsync();
    }, ConformanceNeeds.Answers);
}
