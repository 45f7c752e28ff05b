using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceNeeds;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Clients;

/// <summary>Cases in which connections end.</summary>
internal static class ReconnectCases
{
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(6);

    internal static IEnumerable<ClientCase> All { get; } =
    [
        GoAway(),
        Lost(),
        Refused("wrong-key", "stops-on-wrong-key", "On `API key not valid` the client stops.", 1007, "API key not valid. Please pass a valid API key.", 1),
        Refused("no-identity", "stops-without-identity", "On the text about unregistered callers the client stops.", 1008, "Method doesn't allow unregistered callers (callers without established identity).", 1),
        Refused("unknown-model", "stops-on-unknown-model", "On an unknown model the client stops.", 1008,
            "models/gemini-3.8-live is not found for API version v1beta, or is not supported for bidiGenerateContent", 1),
        Refused("unknown-name", "stops-on-unknown-name", "On an unknown member the client stops.", 1007, "Invalid JSON payload received. Unknown name \"x\" at 'setup': Cannot find field.", 1),
        Refused("invalid-argument", "once-on-invalid-argument", "On `Request contains an invalid argument.` the client tries once more at most.", 1007, "Request contains an invalid argument.", 2),
        Refused("quota", "waits-on-quota", "On a quota the client waits for a minute.", 1011, "You exceeded your current quota, please check your plan and billing details.", 1),
        Refused("unavailable", "no-storm", "While the service is unavailable, the client waits longer and longer.", 1011, "The service is currently unavailable.", 8),
        Refused("internal", "no-storm-internal", "On internal errors the client waits longer and longer.", 1011, "Internal error encountered.", 8),
        InvalidHandle(),
    ];

    // Two handles, goAway, and a close when its time is over.
    private static ClientCase GoAway() => new("go-away", static script =>
    {
        script.EndsAfterTurn = false;
        script.OnServer = static wire =>
        {
            // The handles of the server are real: only they can be resumed.
            wire.Pass();
            if (wire.Json?["serverContent"]?["turnComplete"] is null)
                return;
            if (wire.Connection > 1)
            {
                wire.CloseLater(TimeSpan.FromSeconds(1), 1000, "");
                return;
            }
            wire.Send("""{"goAway":{"timeLeft":"2s"}}""");
            wire.CloseLater(TimeSpan.FromSeconds(2), 1008, "The operation was aborted");
        };
    },
    [
        Reconnects("go-away", "After `goAway` there is a new connection with a handle.", "9.3", static run =>
        {
            if (Handle(run) is { Length: > 0 })
                return null;
            // One question, one answer: it had no reason to come back.
            if (run.ExitCode == 0 && run.Setups.Count() == 1)
                throw new CheckSkippedException("the client ended after its turn; run one that stays in the call");
            return "There is none.";
        }),
        Reconnects("newest-handle", "A session is resumed with its newest handle.", "9.2", static run =>
        {
            if (Handle(run) is not { } used)
                throw new CheckSkippedException("the client did not resume the session");
            return used == Handles(run).LastOrDefault() ? null : "It was another.";
        }),
        Reconnects("full-setup", "The setup of a resumed session has all members again.", "9.2", static run =>
        {
            var setups = run.Setups.ToList();
            if (setups.Count < 2)
                throw new CheckSkippedException("the client did not resume the session");
            var missing = setups[0].Json!["setup"]!.AsObject().Select(static member => member.Key).Except(setups[1].Json!["setup"]!.AsObject().Select(static member => member.Key)).ToList();
            return missing.Count == 0 ? null : $"It lacks {string.Join(", ", missing)}.";
        }),
    ])
    { Longest = Watched };

    private static ClientCase Lost() => new("lost-connection", static script =>
    {
        script.EndsAfterTurn = false;
        script.Rules = static scenario => scenario.When(Heard.Anything).Says("Once upon a time there was a harbour with many ships.", SpokenReply.RealTime).Optional();
        var isCut = false;
        script.OnServer = wire =>
        {
            wire.Pass();
            if (wire.Connection > 1 && wire.Json?["serverContent"]?["turnComplete"] is not null)
                wire.CloseLater(TimeSpan.FromSeconds(1), 1000, "");
            if (isCut || wire.Json?["serverContent"]?["modelTurn"] is null)
                return;
            isCut = true;
            wire.Cut();
        };
    },
    [
        Reconnects("lost-connection", "After a connection is lost in an answer there is a new one.", "17", static run =>
        {
            if (!run.Messages.Any(static message => message.Json?["serverContent"]?["modelTurn"] is not null))
                throw new CheckSkippedException("the client did not come that far: it asked for nothing");
            return run.Setups.Count() > 1 ? null : "There is none.";
        }, Should),
        Reconnects("loss-no-storm", "A lost connection does not cause a storm of new ones.", "17", static run => run.Setups.Count() <= 8 ? null : $"There were {run.Setups.Count()} connections."),
    ])
    { Longest = Watched };

    // Every setup is refused.
    private static ClientCase Refused(string id, string name, string text, int code, string reason, int most) => new(
        id,
        script => script.OnClient = wire =>
        {
            if (wire.Json?["setup"] is null)
                return false;
            wire.CloseClient(code, reason);
            return true;
        },
        [
            ClientCases.Check("client-reconnect", name, text, "12", run =>
                run.Setups.Count() <= most ? null : $"There were {run.Setups.Count()} connections in {Watched.TotalSeconds:0} s; at most {most} {(most == 1 ? "is" : "are")} right."),
            ClientCases.Check("client-end", $"reports-{id}", $"After close {code} \"{(reason.Length > 40 ? reason[..40] + "…" : reason)}\" the client does not end as if all were well.", "17", static run =>
                run.ExitCode == 0 ? "It ended with exit code 0." : null, Should),
        ])
    { Longest = Watched };

    private static ClientCase InvalidHandle() => new("invalid-handle", static script =>
    {
        script.EndsAfterTurn = false;
        script.OnServer = static wire =>
        {
            wire.Pass();
            if (wire.Json?["serverContent"]?["turnComplete"] is not null)
                wire.CloseLater(TimeSpan.FromMilliseconds(500), wire.Connection == 1 ? 1011 : 1000, wire.Connection == 1 ? "Internal error encountered." : "");
        };
        script.OnClient = static wire =>
        {
            if (wire.Json?["setup"]?["sessionResumption"]?["handle"] is null)
                return false;
            wire.CloseClient(1007, "Invalid session handle");
            return true;
        };
    },
    [
        Reconnects("invalid-handle", "A handle that was refused is not used again.", "9.2", static run =>
        {
            var used = run.Setups.Select(static setup => setup.Json!["setup"]!["sessionResumption"]?["handle"]?.GetValue<string>()).OfType<string>().ToList();
            if (used.Count == 0)
                throw new CheckSkippedException("the client did not resume the session");
            return used.Count == used.Distinct().Count() ? null : $"It was used {used.Count} times.";
        }),
    ])
    { Longest = Watched };

    private static ClientCheck Reconnects(string name, string text, string section, Func<ClientRun, string?> judge, ConformanceSeverity severity = Must) =>
        ClientCases.Check("client-reconnect", name, text, section, run =>
        {
            run.RequireResumption();
            return judge(run);
        }, severity, Resumption);

    private static string? Handle(ClientRun run) => run.Setups.Skip(1).Select(static setup => setup.Json!["setup"]!["sessionResumption"]?["handle"]?.GetValue<string>()).FirstOrDefault();

    // Those that the client had received when it sent its second setup.
    private static IEnumerable<string> Handles(ClientRun run) => run.Messages
        .TakeWhile(message => message != run.Setups.ElementAtOrDefault(1))
        .Select(static message => message.IsClient ? null : message.Json?["sessionResumptionUpdate"]?["newHandle"]?.GetValue<string>()).OfType<string>();
}
