using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceNeeds;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Clients;

/// <summary>Cases in which the server calls the functions of the client.</summary>
internal static class ToolCases
{
    private static readonly ScriptedCall Call = new(ClientWatch.Function, System.Text.Json.JsonElement.Parse("{}"));

    internal static IEnumerable<ClientCase> All { get; } =
    [
        Calls("tool-call", static rule => rule.Calls(Call).Says("Done."),
        [
            Tool("answered", "A call is answered.", static run => Answered(run, 1)),
            Tool("same-id", "The answer has the id of the call.", static run =>
                run.Responses.Any() && run.Responses.All(response => Ids(run).Contains(response["id"]?.GetValue<string>())) ? null : "It has another, or none."),
            Tool("name", "The answer has the name of the function.", static run =>
                run.Responses.Any() && run.Responses.All(static response => response["name"]?.GetValue<string>() is { Length: > 0 }) ? null : "It has none.", Should),
            Tool("object", "The response is an object.", static run =>
                run.Responses.Any() && run.Responses.All(static response => response["response"] is System.Text.Json.Nodes.JsonObject) ? null : "It is none."),
            Tool("once", "A call is answered once.", static run => Answered(run, 1) ?? (run.Responses.Count() > 1 ? "It was answered again." : null)),
        ]),
        Calls("two-calls", static rule => rule.Calls(Call, Call).Says("Done."),
        [
            Tool("parallel", "Two calls of one message are both answered, each once.", static run =>
                Answered(run, 2) ?? (run.Responses.Select(static response => response["id"]?.GetValue<string>()).Distinct().Count() == 2 && run.Responses.Count() == 2 ? null : "They were not answered once each.")),
        ]),
        Calls("unknown-function", static rule => rule.Calls("not_declared").Says("Done."),
            [Tool("unknown-function", "A call of an unknown function is answered, too.", static run => Answered(run, 1))]),
        Calls("text-frame-call", static rule => rule.Calls(Call).Says("Done."),
            [Tool("text-frame", "A call in a text frame is answered.", static run => Answered(run, 1))],
            static script => script.OnServer = static wire => wire.SendText(wire.Json!.ToJsonString())),
        Calls("call-without-args", static rule => rule.Calls(ClientWatch.Function).Says("Done."),
            [Tool("no-args", "A call without arguments is answered.", static run => Answered(run, 1))]),
        Calls("audio-before-call", static rule => rule.Says("One moment.").Calls(Call).Says("Done."),
            [Tool("after-audio", "A call after audio of the same turn is answered.", static run => Answered(run, 1))]),
    ];

    internal static IEnumerable<string> Ids(ClientRun run) => run.Messages
        .SelectMany(static message => message.Json?["toolCall"]?["functionCalls"]?.AsArray() ?? [])
        .Select(static call => call!["id"]!.GetValue<string>());

    private static ClientCase Calls(string id, Action<ScenarioRule> reply, IReadOnlyList<ClientCheck> checks, Action<ClientScript>? more = null) => new(
        id,
        script =>
        {
            script.Rules = scenario => reply(scenario.When(Heard.Anything).Optional());
            script.OnServer = static wire =>
            {
                // A call that does not block ends its turn; the session goes on for the response.
                if (wire.Json?["serverContent"]?["turnComplete"] is not null)
                    wire.CloseLater(TimeSpan.FromSeconds(2), 1000, "");
                wire.Pass();
            };
            script.EndsAfterTurn = false;
            more?.Invoke(script);
        },
        checks);

    private static ClientCheck Tool(string name, string text, Func<ClientRun, string?> judge, ConformanceSeverity severity = Must) => ClientCases.Check("client-tools", name, text, "17", run =>
    {
        run.RequireTools();
        if (!Ids(run).Any())
            throw new CheckSkippedException("the client did not come that far: it asked for nothing");
        return judge(run);
    }, severity, Tools);

    private static string? Answered(ClientRun run, int count) =>
        run.Responses.Count() >= count ? null : $"{run.Responses.Count()} of {count} {(count == 1 ? "call was" : "calls were")} answered.";
}
