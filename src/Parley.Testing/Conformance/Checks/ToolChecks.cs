using System.Text.Json;
using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceProfile;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Function calls.</summary>
internal static class ToolChecks
{
    private const ConformanceNeeds Tools = ConformanceNeeds.Tools;

    internal static void AddTo(CheckList list)
    {
        list.Area("tools", "5.3");
        Call(list, "has-id", "A call has an id.", static call => call.TryGetProperty("id", out var id) && id.GetString() is { Length: > 0 });
        Call(list, "has-name", "A call has the name of a declared function.", static call => call.GetProperty("name").GetString() == Prompts.Function);
        Call(list, "args-object", "Arguments are an object.", static call => !call.TryGetProperty("args", out var args) || args.ValueKind == JsonValueKind.Object);
        list.In("8");
        list.Recorded("goes-on", "After the response the answer goes on.", RecordingKind.Tool, static (recording, probe) => probe.Require(
            recording.Messages.Skip(recording.IndexOf(static message => message.Has("toolCall"))).Any(static message => Recording.PartsOf(message).Any()), "Nothing was said."), Tools);
        list.Recorded("completes", "The turn of a call ends with `turnComplete`.", RecordingKind.Tool, static (recording, probe) => probe.Require(
            recording.Messages.Any(static message => message.Content("turnComplete")), "It did not."), Tools);
        list.Must("waits-long", "A blocking call without a response is not answered by the model.", async probe =>
        {
            var line = await OpenCallAsync(probe, "BLOCKING");
            await line.Line.ExpectSilenceAsync("Expected nothing before the response");
        }, Tools);
        list.Must("ids-differ", "Calls of one session have different ids.", async probe =>
        {
            var line = await probe.OpenAsync(Prompts.Tools("BLOCKING"));
            var first = await CallAsync(line);
            await line.SendAsync(Prompts.ToolResponse(first));
            await line.TurnAsync();
            probe.Require(await CallAsync(line) != first, "Two calls have the same id.");
        }, Tools);
        Parallel(list);
        Responses(list);
        NonBlocking(list);
        ContextUpdates(list);
    }

    /// <summary>Asks for a call, and waits for it.</summary>
    /// <returns>Its id.</returns>
    internal static async Task<string> CallAsync(ProbeLine line)
    {
        await line.SendAsync(Prompts.Content(Prompts.Call));
        return IdOf((await line.UntilAsync(static message => message.Has("toolCall"), "toolCall")).At("toolCall", "functionCalls")!.Value[0]);
    }

    private static void Parallel(CheckList list)
    {
        Two(list, "parallel", "Two calls of one turn have different ids.", static (line, probe, ids) =>
        {
            probe.Require(ids.Distinct().Count() == 2, "They have the same id.");
            return Task.CompletedTask;
        });
        Two(list, "parallel-one-message", "Both responses may come in one message.", static async (line, _, ids) =>
        {
            await line.SendAsync($$$"""
                {"toolResponse":{"functionResponses":[{"id":"{{{ids[0]}}}","name":"get_weather","response":{"output":"sunny"}},
                {"id":"{{{ids[1]}}}","name":"set_lamp","response":{"output":"on"}}]}}
                """);
            await line.TurnAsync();
        });
        Two(list, "parallel-reversed", "Responses may come in another order.", static async (line, _, ids) =>
        {
            await line.SendAsync($$$"""
                {"toolResponse":{"functionResponses":[{"id":"{{{ids[1]}}}","name":"set_lamp","response":{"output":"on"}},
                {"id":"{{{ids[0]}}}","name":"get_weather","response":{"output":"sunny"}}]}}
                """);
            await line.TurnAsync();
        });
        Two(list, "parallel-two-messages", "Responses may come in two messages.", static async (line, _, ids) =>
        {
            await line.SendAsync(Prompts.ToolResponse(ids[0]));
            await line.SendAsync(Prompts.ToolResponse(ids[1], Prompts.OtherFunction));
            await line.TurnAsync();
        }, Should);
        Two(list, "parallel-waits", "With one of two responses a blocking model still waits.", static async (line, _, ids) =>
        {
            await line.SendAsync(Prompts.ToolResponse(ids[0]));
            await line.ExpectSilenceAsync("Expected nothing before the second response");
        }, Should);
    }

    private static void Responses(CheckList list)
    {
        list.In("4.4");
        Response(list, "response-error", "A response with an error is accepted.", """{"error":"no network"}""");
        Response(list, "response-empty", "An empty response is accepted.", "{}");
        Response(list, "response-nested", "A response may be any JSON object.", """{"output":{"a":[1,2.5,true,null,{"b":"c"}],"snake_case":1}}""");
        Response(list, "response-scheduling", "A blocking call ignores `scheduling`.", """{"output":1}""", ",\"scheduling\":\"WHEN_IDLE\"");
        Response(list, "response-will-continue", "A blocking call ignores `willContinue`.", """{"output":1}""", ",\"willContinue\":false");
        list.Must("response-single", "`functionResponses` may be a single object.", async probe =>
        {
            var (line, id) = await OpenCallAsync(probe, "BLOCKING");
            await line.SendAsync($$$"""{"toolResponse":{"functionResponses":{"id":"{{{id}}}","name":"get_weather","response":{"output":1} } } }""");
            await line.TurnAsync();
        }, Tools);
        list.Must("response-snake-case", "`tool_response` is accepted in snake_case.", async probe =>
        {
            var (line, id) = await OpenCallAsync(probe, "BLOCKING");
            await line.SendAsync($$$"""{"tool_response":{"function_responses":[{"id":"{{{id}}}","name":"get_weather","response":{"output":1}}]}}""");
            await line.TurnAsync();
        }, Tools);
        list.RefusesMessage("response-unknown-member", "An unknown member of a response is refused by name.",
            Prompts.ToolResponse("a", more: ",\"hello\":1"), "Unknown name \"hello\" at 'tool_response.function_responses[0]'");
        list.RefusesMessage("response-text", "A response that is a text is refused.",
            """{"toolResponse":{"functionResponses":[{"id":"a","name":"f","response":"sunny"}]}}""", "Invalid value at 'tool_response.function_responses[0].response'");
        list.RefusesMessage("scheduling-unknown", "An unknown `scheduling` is refused.",
            Prompts.ToolResponse("a", more: ",\"scheduling\":\"INTERRUPTED\""), "Invalid value at 'tool_response.function_responses[0].scheduling'");
        list.In("8").For(Developer, Strict);
        list.RefusesMessage("response-without-id", "A response without an id is refused.",
            """{"toolResponse":{"functionResponses":[{"name":"get_weather","response":{}}]}}""", "invalid argument", severity: Should);
        list.RefusesMessage("response-unknown-id", "A response to a call that was never made closes with 1008.",
            Prompts.ToolResponse("never-made"), "Requested entity was not found.", code: 1008, severity: Should);
        list.For();
    }

    private static void NonBlocking(CheckList list)
    {
        list.In("8");
        list.Must("non-blocking-talks", "While a call that does not block is open, the conversation goes on.", async probe =>
        {
            var (line, _) = await OpenCallAsync(probe, "NON_BLOCKING");
            await line.SendAsync(Prompts.RealtimeText(Prompts.Short));
            await line.UntilAsync(static message => Recording.PartsOf(message).Any(), "an answer while the call is open");
        }, Tools);
        foreach (var scheduling in (string[])["WHEN_IDLE", "INTERRUPT"])
        {
            list.Must($"scheduling-{scheduling.ToLowerInvariant().Replace('_', '-')}", $"A response with `scheduling: {scheduling}` is answered.", async probe =>
            {
                var (line, id) = await OpenCallAsync(probe, "NON_BLOCKING");
                await line.SendAsync(Prompts.ToolResponse(id, more: $",\"scheduling\":\"{scheduling}\""));
                await line.UntilAsync(static message => Recording.PartsOf(message).Any(), "an answer to the response");
            }, Tools);
        }
        list.Must("scheduling-silent", "A response with `scheduling: SILENT` is not answered.", async probe =>
        {
            var (line, id) = await OpenCallAsync(probe, "NON_BLOCKING");
            while (await line.TryNextAsync(probe.Options.Silence) is { IsEnd: false })
            {
            }
            await line.SendAsync(Prompts.ToolResponse(id, more: ",\"scheduling\":\"SILENT\""));
            await line.ExpectSilenceAsync("Expected no answer to a silent response");
        }, Tools);
        list.In("4.4");
        list.Must("scheduling-inside", "`scheduling` inside the response is honored.", async probe =>
        {
            var (line, id) = await OpenCallAsync(probe, "NON_BLOCKING");
            while (await line.TryNextAsync(probe.Options.Silence) is { IsEnd: false })
            {
            }
            await line.SendAsync(Prompts.ToolResponse(id, response: """{"output":1,"scheduling":"SILENT"}"""));
            await line.ExpectSilenceAsync("Expected no answer to a silent response");
        }, Tools);
        list.Must("will-continue", "After `willContinue: true` a second response to the same call is accepted.", async probe =>
        {
            var (line, id) = await OpenCallAsync(probe, "NON_BLOCKING");
            await line.SendAsync(Prompts.ToolResponse(id, more: ",\"willContinue\":true,\"scheduling\":\"SILENT\""));
            await line.SendAsync(Prompts.ToolResponse(id, more: ",\"willContinue\":false,\"scheduling\":\"SILENT\""));
            await probe.ExpectAliveAsync(line, "a second response");
        }, Tools);
    }

    private static void ContextUpdates(CheckList list)
    {
        list.Area("context-update", "4.5");
        list.AcceptsMessage("instruction", "A new instruction is accepted.", """{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Be kind."}]}}}""", severity: Should);
        list.AcceptsMessage("clear-tools", "An empty list clears the tools.", """{"contextUpdate":{"tools":{"tools":[]}}}""", Prompts.Tools("BLOCKING"), Should);
        list.AcceptsMessage("new-tools", "New tools are accepted.", """{"contextUpdate":{"tools":{"tools":[{"functionDeclarations":[{"name":"g"}]}]}}}""", severity: Should);
        list.RefusesMessage("unknown-member", "An unknown member is refused by name.", """{"contextUpdate":{"hello":1}}""", "Unknown name \"hello\"");
        list.Must("answered", "A turn after a context update is answered.", async probe =>
        {
            var line = await probe.OpenAsync();
            await line.SendAsync("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Be kind."}]}}}""");
            await line.SendAsync(Prompts.Content(Prompts.Short));
            var answer = await line.UntilAsync(static message => message.IsEnd || message.Content("turnComplete"), "an answer");
            if (answer.IsEnd)
                throw new CheckSkippedException($"the model takes no context updates: {answer}");
        }, ConformanceNeeds.Answers);
    }

    private static void Call(CheckList list, string name, string text, Func<JsonElement, bool> isRight) => list.Recorded(name, text, RecordingKind.Tool, (recording, probe) =>
    {
        foreach (var call in recording.Messages.SelectMany(static message => message.At("toolCall", "functionCalls")?.EnumerateArray() ?? default))
            probe.Require(isRight(call), $"It has not: {call}");
    }, Tools);

    private static void Two(CheckList list, string name, string text, Func<ProbeLine, Probe, List<string>, Task> run, ConformanceSeverity severity = Must) =>
        (severity == Must ? (Func<string, string, Func<Probe, Task>, ConformanceNeeds, CheckList>)list.Must : list.Should)(name, text, async probe =>
        {
            var line = await probe.OpenAsync(Prompts.Tools("BLOCKING"));
            await line.SendAsync(Prompts.Content(Prompts.CallTwo));
            List<string> ids = [];
            while (ids.Count < 2)
            {
                var message = await line.UntilAsync(static message => message.Has("toolCall") || message.Content("turnComplete"), "two calls");
                if (message.At("toolCall", "functionCalls") is not { } calls)
                    throw new CheckSkippedException("the model did not make two calls when asked to");
                ids.AddRange(calls.EnumerateArray().Select(IdOf));
            }
            await run(line, probe, ids);
        }, Tools);

    private static void Response(CheckList list, string name, string text, string response, string more = "") => list.Must(name, text, async probe =>
    {
        var (line, id) = await OpenCallAsync(probe, "BLOCKING");
        await line.SendAsync(Prompts.ToolResponse(id, response: response, more: more));
        await line.TurnAsync();
    }, Tools);

    private static async Task<(ProbeLine Line, string Id)> OpenCallAsync(Probe probe, string behavior)
    {
        var line = await probe.OpenAsync(Prompts.Tools(behavior));
        return (line, await CallAsync(line));
    }

    private static string IdOf(JsonElement call) => call.TryGetProperty("id", out var id) ? id.GetString() ?? "" : "";
}
