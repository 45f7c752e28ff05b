using System.Text.Json.Nodes;
using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceNeeds;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Clients;

/// <summary>All cases of clients, and the behaviors that each shows.</summary>
internal static class ClientCases
{
    private const string Audio = """{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAAAAAAAAA="}}""";

    internal static IReadOnlyList<ClientCase> All { get; } = [Talk(), LateSetup(), NoSetupComplete(), .. Messages(), .. ToolCases.All, .. ReconnectCases.All];

    internal static IReadOnlyList<ConformanceCheck> Checks { get; } = [.. All.SelectMany(static client => client.Checks).Select(static check => check.Check)];

    internal static ClientCheck Check(
        string area, string name, string text, string section, Func<ClientRun, string?> judge, ConformanceSeverity severity = Must, ConformanceNeeds needs = None) =>
        new(new ConformanceCheck(area, name, text, section, severity, needs), judge);

    /// <summary>An answer of audio and its end, as one text to send.</summary>
    internal static bool IsTurnEnd(ClientMessage message) => !message.IsClient && message.Json?["serverContent"]?["turnComplete"] is not null;

    // An ordinary turn; the server is as strict as the public service.
    private static ClientCase Talk() => new("talk", static script => script.Server = static server => server.Compatibility = Parley.Protocol.LiveCompatibility.Strict,
    [
        Check("client-setup", "first", "The first message of a connection is a setup.", "6.1", static run =>
            run.FromClient.First().Json?["setup"] is null ? "It is another." : null),
        Check("client-setup", "once", "A connection has one setup.", "6.1", static run =>
            run.Setups.GroupBy(static setup => setup.Connection).Any(static group => group.Count() > 1) ? "There are several." : null),
        Check("client-setup", "model", "The setup names a model.", "4.1", static run =>
            run.Setups.First().Json!["setup"]!["model"]?.GetValue<string>() is { Length: > 0 } ? null : "It names none."),
        Check("client-setup", "accepted", "A strict server accepts the setup.", "2.2", static run =>
            run.Messages.Any(static message => message.Json?["setupComplete"] is not null) ? null : "It refused it."),
        Check("client-setup", "no-null", "Members that are not set are left out, not sent as null.", "17", static run =>
            run.Setups.Any(static setup => HasNull(setup.Json)) ? "A member is null." : null),
        Check("client-input", "asks", "Input follows the setup.", "6.2", static run =>
            run.FromClient.Any(static message => message.Json?["setup"] is null) ? null : "There is none."),
        Check("client-input", "accepted", "A strict server accepts the input, and answers.", "2.2", static run =>
            run.Messages.Any(IsTurnEnd) ? null : "It did not come to the end of an answer."),
        Check("client-input", "audio-type", "Audio has the type `audio/pcm` with its rate.", "2.3", static run =>
            AudioOf(run).All(static blob => (blob["mimeType"] ?? blob["mime_type"])?.GetValue<string>() is { } type && type.StartsWith("audio/pcm;", StringComparison.Ordinal) && type.Contains("rate=", StringComparison.Ordinal))
                ? null : "A chunk has another type."),
        Check("client-input", "audio-chunks", "A chunk of audio is shorter than a second.", "2.3", static run =>
            AudioOf(run).All(static blob => (blob["data"]?.GetValue<string>().Length ?? 0) < 43_000) ? null : "A chunk is longer.", Should),
        Check("client-input", "no-media-chunks", "Media does not come in `mediaChunks`.", "4.3", static run =>
            run.FromClient.Any(static message => (message.Json?["realtimeInput"] as JsonObject)?.ContainsKey("mediaChunks") is true) ? "It does." : null),
        Check("client-end", "ends", "After a close with 1000 the client ends by itself.", "6.9", static run =>
            run.ExitCode is null ? "It went on for too long, and was ended." : null, Should),
        Check("client-end", "no-reconnect", "After a close with 1000 there is no new connection.", "6.9", static run =>
            run.Messages.Select(static message => message.Connection).Distinct().Count() > 1 ? "There is one." : null, Should),
    ]);

    private static ClientCase LateSetup() => new("late-setup", static script => script.OnServer = static wire =>
    {
        if (wire.Json?["setupComplete"] is not null)
            wire.PassLater(TimeSpan.FromSeconds(1.5));
        else
            wire.Pass();
    },
    [
        Check("client-setup", "waits", "Nothing is sent before `setupComplete`.", "17", static run =>
        {
            var setup = run.Setups.First();
            var early = run.FromClient.FirstOrDefault(message => message.Connection == setup.Connection && message != setup && message.At - setup.At < TimeSpan.FromSeconds(1.4));
            return early is null ? null : $"Before it came {string.Join(", ", early.Json?.Select(static member => member.Key) ?? ["something else"])}.";
        }),
        Check("client-setup", "patient", "`setupComplete` may take more than a second.", "6.1", static run =>
            run.FromClient.Any(static message => message.Json?["setup"] is null) ? null : "The client had given up."),
    ]);

    private static ClientCase NoSetupComplete() => new("no-setup-complete", static script => script.OnServer = static wire =>
    {
        if (wire.Json?["setupComplete"] is null)
            wire.Pass();
    },
    [
        Check("client-setup", "gives-up", "Without `setupComplete` the client gives up after 10 to 15 seconds.", "17", static run =>
            run.ExitCode is null && run.Closes.Count == 0 ? "It still waited." : null, Should),
        Check("client-setup", "waits-in-vain", "Without `setupComplete` nothing but setups is sent.", "17", static run =>
            run.FromClient.All(static message => message.Json?["setup"] is not null) ? null : "Something else was sent."),
    ])
    { Longest = TimeSpan.FromSeconds(18) };

    // Each sends something before the end of a turn that a client must take.
    private static IEnumerable<ClientCase> Messages()
    {
        yield return Disturbed("unknown-member", "Unknown members are ignored.", "2.2", """{"serverContent":{"mood":{"is":"good"}},"weather":{"is":"fine"}}""");
        yield return Disturbed("unknown-message", "Unknown messages are ignored.", "2.2", """{"weather":{"is":"fine"}}""");
        yield return Disturbed("empty-message", "An empty object is ignored.", "14", "{}");
        yield return Disturbed("empty-content", "An empty `serverContent` is ignored.", "14", """{"serverContent":{}}""");
        yield return Disturbed("usage-alone", "Usage may come alone.", "14", """{"usageMetadata":{"totalTokenCount":12}}""");
        yield return Disturbed("several-members", "Audio, a transcription and marks may come in one message.", "5.2",
            $$$"""{"serverContent":{"modelTurn":{"parts":[{{{Audio}}},{{{Audio}}}]},"outputTranscription":{"text":" hello"},"inputTranscription":{"text":" hi"} } }""");
        yield return Disturbed("two-bytes", "A part of audio may have two bytes.", "14", """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAA="}}]}}}""");
        yield return Disturbed("odd-bytes", "A part of audio may end in half a sample.", "14", """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}}}""");
        yield return Disturbed("bare-audio-type", "The type of audio may lack the rate.", "2.3", """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AAAAAA=="}}]}}}""");
        yield return Disturbed("thought", "A thought is skipped.", "14", """{"serverContent":{"modelTurn":{"parts":[{"text":"Hm.","thought":true}]}}}""");
        yield return Disturbed("unknown-part", "A part of an unknown kind is skipped.", "4.6", """{"serverContent":{"modelTurn":{"parts":[{"hologram":{"data":"AAAA"}}]}}}""");
        yield return Disturbed("interrupted", "`interrupted` may come without an interruption.", "14", """{"serverContent":{"interrupted":true}}""");
        yield return Disturbed("uninvited-handle", "A handle may come without being asked for.", "14", """{"sessionResumptionUpdate":{"newHandle":"uninvited","resumable":true}}""");
        yield return Disturbed("not-resumable", "An update may have no handle.", "5.6", """{"sessionResumptionUpdate":{}}""");
        yield return Disturbed("voice-activity", "Voice activity may be reported.", "5", """{"serverContent":{},"voiceActivity":{"type":"ACTIVITY_END","audioOffset":"4.1s"}}""");
        yield return Disturbed("unknown-enum", "A value of an enum may be unknown.", "5.2", """{"serverContent":{"turnCompleteReason":"BORED","interactionStatus":"ASLEEP"}}""");
        yield return Disturbed("grounding", "Grounding metadata may come alone.", "5.2", """{"serverContent":{"groundingMetadata":{"webSearchQueries":["weather"]}}}""");
        yield return Disturbed("unknown-cancellation", "A cancellation may name an unknown call.", "5.4", """{"toolCallCancellation":{"ids":["nothing"]}}""");
        yield return Disturbed("large-message", "A message may have 2 MiB.", "2.1",
            $$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{Convert.ToBase64String(new byte[96_000])}}}"}}]} },"padding":"{{{new string('x', 2 << 20)}}}"}""");
        yield return Disturbed("error-message", "A message with an error does not break the client.", "5.10", """{"code":429,"message":"Too many requests","status":"RESOURCE_EXHAUSTED"}""", Should);
        yield return new("text-frames", static script => script.OnServer = static wire => wire.SendText(wire.Json!.ToJsonString()),
            [Check("client-messages", "text-frames", "Messages in text frames are read as those in binary frames.", "17", static run => run.Survived(static message => message.Json?["setupComplete"] is not null))]);
        yield return new("fragments", static script => script.Faults = static faults => faults.At(FaultPoint.FirstAudio).Fragments(16).Optional(),
            [Check("client-messages", "fragments", "A message may come in many frames.", "2.1", static run => run.Survived(IsTurnEnd))]);
        yield return new("empty-turn", static script => script.Rules = static scenario => scenario.When(Heard.Anything).SaysNothing().Optional(),
            [Check("client-messages", "empty-turn", "A turn may be empty.", "14", static run => run.Survived(IsTurnEnd))]);
        yield return new("no-generation-complete", static script => script.OnServer = static wire =>
            {
                if (wire.Json?["serverContent"]?["generationComplete"] is null)
                    wire.Pass();
            },
            [Check("client-messages", "no-generation-complete", "A turn may end without `generationComplete`.", "6.2", static run => run.Survived(IsTurnEnd))]);
        yield return new("pings", static script => script.Server = static server =>
                (server.Connections.KeepAliveInterval, server.Connections.KeepAliveTimeout) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2)),
            [Check("client-messages", "pings", "Pings of the server are answered.", "2.1", static run => run.Survived(IsTurnEnd))]);
        yield return new("full-duplex", static script => script.Rules = static scenario =>
                scenario.When(Heard.Anything).Says("Once upon a time there was a harbour with many ships.", SpokenReply.RealTime).Optional(),
            [
                Check("client-input", "while-receiving", "Audio is sent while an answer is received.", "6.2", static run =>
                {
                    if (!run.SendsAudio)
                        throw new CheckSkippedException("the client sends no audio");
                    var first = run.Messages.ToList().FindIndex(static message => message.Json?["serverContent"]?["modelTurn"] is not null);
                    return first >= 0 && run.Messages.Skip(first).Any(static message => message.IsClient && message.Json?["realtimeInput"]?["audio"] is not null) ? null : "There was none.";
                }, Should, Speech),
            ]);
    }

    private static ClientCase Disturbed(string name, string text, string section, string message, ConformanceSeverity severity = Must) => new(
        name,
        script => script.OnServer = wire =>
        {
            if (wire.Json?["serverContent"]?["generationComplete"] is not null)
                wire.Send(message);
            wire.Pass();
        },
        [Check("client-messages", name, text, section, static run => run.Survived(static end => !end.IsClient && end.Json?["serverContent"]?["generationComplete"] is not null), severity)]);

    private static IEnumerable<JsonObject> AudioOf(ClientRun run)
    {
        if (!run.SendsAudio)
            throw new CheckSkippedException("the client sends no audio");
        return run.FromClient.Select(static message => message.Json?["realtimeInput"]?["audio"]).OfType<JsonObject>();
    }

    private static bool HasNull(JsonNode? node) => node switch
    {
        JsonObject members => members.Any(static member => member.Value is null || HasNull(member.Value)),
        JsonArray items => items.Any(static item => item is null || HasNull(item)),
        _ => false,
    };
}
