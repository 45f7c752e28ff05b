using System.Globalization;
using System.Text.Json;
using Parley.Testing.Conformance.Running;
using Parley.Testing.Conformance.Sockets;
using static Parley.Testing.ConformanceNeeds;
using static Parley.Testing.ConformanceProfile;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Ephemeral tokens.</summary>
internal static class TokenChecks
{
    internal static void AddTo(CheckList list)
    {
        list.Area("tokens", "11.1").For(Developer, Strict);
        foreach (var version in (string[])["v1", "v1beta", "v1alpha"])
        {
            list.Must($"create-{version}", $"`POST /{version}/auth_tokens` creates a token.", async probe =>
            {
                var (status, body, _) = await probe.HttpAsync(HttpMethod.Post, probe.Run.TokenPath(version), "{}");
                probe.Require(status == 200, $"Expected HTTP 200; got {status}: {body}");
            }, Tokens);
        }
        list.Must("create-key-header", "The key of a token request may be in the header.", async probe =>
        {
            var (status, body, _) = await probe.HttpAsync(HttpMethod.Post, $"/{probe.Options.ApiVersion}/auth_tokens", "{}", ("x-goog-api-key", HttpChecks.Key(probe)));
            probe.Require(status == 200, $"Expected HTTP 200; got {status}: {body}");
        }, Tokens);
        list.Must("create-without-key", "A token request without a key is HTTP 401 or 403.", async probe =>
        {
            _ = HttpChecks.Key(probe);
            var (status, _, _) = await probe.HttpAsync(HttpMethod.Post, $"/{probe.Options.ApiVersion}/auth_tokens", "{}");
            probe.Require(status is 401 or 403, $"Expected HTTP 401 or 403; got {status}.");
        }, Tokens);
        list.In("11.2").Must("name", "The name of a token begins with `auth_tokens/`.", async probe =>
            probe.Require((await probe.MintAsync("{}")).StartsWith("auth_tokens/", StringComparison.Ordinal), "It begins in another way."), Tokens);
        list.Should("only-name", "A token comes back with its name only.", async probe =>
        {
            var (_, body, _) = await probe.HttpAsync(HttpMethod.Post, probe.Run.TokenPath(), "{}");
            probe.Require(JsonElement.Parse(body).EnumerateObject().Select(static member => member.Name).SequenceEqual(["name"]), "There are other members.");
        }, Tokens);
        Requests(list);
        Connections(list);
        Uses(list);
        Setups(list);
    }

    private static void Requests(CheckList list)
    {
        list.In("11.1");
        Request(list, "all-members", "All members of a request are accepted.", static probe => $$$$"""
            {"uses":2,"expireTime":"{{{{In(1_800)}}}}","newSessionExpireTime":"{{{{In(60)}}}}","bidiGenerateContentSetup":{"model":"{{{{probe.Options.Model}}}}"},"fieldMask":"model"}
            """, 200);
        Request(list, "snake-case", "Members in snake_case are accepted.", static _ => $$$$"""{"uses":1,"expire_time":"{{{{In(600)}}}}"}""", 200);
        Request(list, "time-offset", "A time may have an offset and a fraction.", static _ =>
            $$$$"""{"expireTime":"{{{{TimeProvider.System.GetUtcNow().AddMinutes(10).ToOffset(TimeSpan.FromHours(2)).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture)}}}}"}""", 200);
        Request(list, "expire-past", "A time in the past is HTTP 400.", static _ => $$$$"""{"expireTime":"{{{{In(-60)}}}}"}""", 400);
        Request(list, "expire-too-far", "A time more than 20 hours ahead is HTTP 400.", static _ => $$$$"""{"expireTime":"{{{{In(21 * 3_600)}}}}"}""", 400);
        Request(list, "new-session-too-far", "`newSessionExpireTime` more than 20 hours ahead is HTTP 400.", static _ => $$$$"""{"newSessionExpireTime":"{{{{In(21 * 3_600)}}}}"}""", 400);
        Request(list, "time-invalid", "A time that is none is HTTP 400.", static _ => """{"expireTime":"tomorrow"}""", 400);
        Request(list, "unknown-member", "An unknown member is HTTP 400.", static _ => """{"hello":1}""", 400, "Unknown name \"hello\"");
        Request(list, "setup-wrapped", "A setup in a wrapper is HTTP 400 with its place.", static _ =>
            """{"bidiGenerateContentSetup":{"setup":{"model":"models/x"}}}""", 400, "auth_token.bidi_generate_content_setup");
        Request(list, "mask-unknown", "A mask with an unknown path is HTTP 400.", static _ => """{"fieldMask":"nothing.here"}""", 400);
        Request(list, "mask-incomplete", "A setup with members that the mask does not name is HTTP 400.", static probe =>
            $$$$"""{"bidiGenerateContentSetup":{"model":"{{{{probe.Options.Model}}}}","generationConfig":{"temperature":1}},"fieldMask":"model"}""", 400, severity: Should);
        Request(list, "uses-type", "`uses` that is no number is HTTP 400.", static _ => """{"uses":"many"}""", 400);
        Request(list, "uses-negative", "Negative `uses` are HTTP 400.", static _ => """{"uses":-1}""", 400, severity: Should);
        Request(list, "not-json", "A body that is not JSON is HTTP 400.", static _ => "hello", 400);
        list.In("11.4").Must("error-body", "An error has the form of Google's errors.", async probe =>
        {
            var (status, body, _) = await probe.HttpAsync(HttpMethod.Post, probe.Run.TokenPath(), """{"hello":1}""");
            HttpChecks.RequireError(probe, body, status);
        }, Tokens);
    }

    private static void Connections(CheckList list)
    {
        list.In("1.2");
        foreach (var version in (string[])["v1", "v1beta", "v1alpha"])
        {
            list.Must($"connect-{version}", $"A token opens a session on the constrained socket of `{version}`.", async probe =>
                await (await probe.ConnectAsync(probe.Run.ConstrainedPath(await probe.MintAsync("{}"), version))).SetUpAsync(), Tokens);
        }
        list.Must("connect-header", "A token is accepted as `Authorization: Token`.", async probe =>
            await (await probe.ConnectAsync(probe.Run.SocketPathWithout(constrained: true), ("Authorization", $"Token {await probe.MintAsync("{}")}"))).SetUpAsync(), Tokens);
        list.Must("connect-raw", "A token is accepted with its slash as it is.", async probe =>
            await (await probe.ConnectAsync($"{probe.Run.SocketPathWithout(constrained: true)}?access_token={await probe.MintAsync("{}")}")).SetUpAsync(), Tokens);
        list.In("11.4");
        Refused(list, "bare", "A token without its prefix closes with 1007 or 1008.", static token => token["auth_tokens/".Length..], 1007, 1008);
        Refused(list, "altered", "An altered token closes with 1007 or 1008.", static token => token[..^4] + (token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"), 1007, 1008);
        Refused(list, "never-created", "A token that was never created closes with 1007 or 1008.", static _ => "auth_tokens/never-created", 1007, 1008);
        list.Must("plain-method", "A token on the method for keys closes with 1008 and the text about unregistered callers.", async probe =>
        {
            var line = await probe.ConnectAsync($"{probe.Run.SocketPathWithout()}?access_token={Uri.EscapeDataString(await probe.MintAsync("{}"))}");
            await line.SendAsync(probe.Run.Setup(""));
            await line.ExpectCloseAsync(1008, "Method doesn't allow unregistered callers");
        }, Tokens);
    }

    private static void Uses(CheckList list)
    {
        list.In("11.1");
        foreach (var (name, uses, text) in (ReadOnlySpan<(string, int?, string)>)[("one-use", null, "A token opens one session by default."), ("two-uses", 2, "A token opens as many sessions as it has uses.")])
        {
            list.Must(name, text, async probe =>
            {
                var token = await probe.MintAsync(uses is null ? "{}" : $"{{\"uses\":{uses}}}");
                for (var i = 0; i < (uses ?? 1); i++)
                    await (await ConnectAsync(probe, token)).SetUpAsync();
                await RefuseAsync(probe, token);
            }, Tokens);
        }
        list.Must("unlimited", "`uses: 0` has no limit.", async probe =>
        {
            var token = await probe.MintAsync("""{"uses":0}""");
            for (var i = 0; i < 3; i++)
                await (await ConnectAsync(probe, token)).SetUpAsync();
        }, Tokens);
        list.In("11.1").Must("new-session-expired", "After `newSessionExpireTime` a token opens no session.", async probe =>
        {
            var token = await probe.MintAsync($$$$"""{"uses":0,"newSessionExpireTime":"{{{{In(2)}}}}"}""");
            await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, probe.Cancellation);
            await RefuseAsync(probe, token);
        }, Tokens);
        list.Must("expired", "After `expireTime` a token opens no session.", async probe =>
        {
            var token = await probe.MintAsync($$$$"""{"uses":0,"expireTime":"{{{{In(2)}}}}"}""");
            await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, probe.Cancellation);
            await RefuseAsync(probe, token);
        }, Tokens);
        list.Should("expiry-ends-session", "`expireTime` ends a running session.", async probe =>
        {
            var line = await ConnectAsync(probe, await probe.MintAsync($$$$"""{"expireTime":"{{{{In(3)}}}}"}"""));
            await line.SetUpAsync();
            await line.EndAsync();
        }, Tokens);
        list.In("5.5").Should("go-away", "`goAway` with a duration announces the end of a session whose token expires.", async probe =>
        {
            var line = await ConnectAsync(probe, await probe.MintAsync($$$$"""{"expireTime":"{{{{In(4)}}}}"}"""));
            await line.SetUpAsync();
            var away = await line.UntilAsync(static message => message.IsEnd || message.Has("goAway"), "goAway");
            if (away.IsEnd)
                throw new CheckSkippedException("the server ends such a session without goAway");
            probe.Require(away.At("goAway", "timeLeft")?.GetString() is { } left && left.EndsWith('s') && decimal.TryParse(left[..^1], CultureInfo.InvariantCulture, out var seconds)
                && seconds is >= 0 and < 3_600, "timeLeft is no duration.");
            while (await line.NextAsync("the end of the session") is { IsEnd: false } message)
                probe.Require(!message.Has("goAway"), "goAway came twice.");
        }, Tokens);
        list.In("9.2").Should("resume-is-free", "Resuming takes no use of the token that ran the session.", async probe =>
        {
            var token = await probe.MintAsync("{}");
            var line = await ConnectAsync(probe, token);
            await line.SetUpAsync("\"sessionResumption\":{}");
            await line.SendAsync(Prompts.Content(Prompts.Short));
            await line.TurnAsync();
            var update = await line.UntilAsync(static message => message.At("sessionResumptionUpdate", "newHandle")?.GetString() is { Length: > 0 }, "a handle");
            await line.SendAsync(new byte[] { 0x03, 0xE8 }, ProbeMessage.Close);
            await line.EndAsync();
            await (await ConnectAsync(probe, token)).SetUpAsync($"\"sessionResumption\":{{\"handle\":{update.At("sessionResumptionUpdate", "newHandle")!.Value.GetRawText()}}}");
        }, Tokens | Answers | Resumption);
        list.In("11.1").Should("refused-setup", "A refused setup takes no use.", async probe =>
        {
            var token = await probe.MintAsync("{}");
            var line = await ConnectAsync(probe, token);
            await line.SendAsync(probe.Run.Setup("\"hello\":1"));
            await line.EndAsync();
            await (await ConnectAsync(probe, token)).SetUpAsync();
        }, Tokens);
    }

    private static void Setups(CheckList list)
    {
        list.In("11.3");
        list.Must("locked-empty-setup", "With a locked model the setup may be empty, but must be sent.", async probe =>
        {
            var line = await ConnectAsync(probe, await probe.MintAsync($$$$"""{"bidiGenerateContentSetup":{"model":"{{{{probe.Options.Model}}}}"}}"""));
            await line.SendAsync("""{"setup":{}}""");
            await line.UntilAsync(static message => message.Has("setupComplete"), "setupComplete");
        }, Tokens);
        list.Must("locked-model", "A locked setup wins over the one of the client.", async probe =>
        {
            var line = await ConnectAsync(probe, await probe.MintAsync($$$$"""{"bidiGenerateContentSetup":{"model":"{{{{probe.Options.Model}}}}"}}"""));
            await line.SetUpAsync(model: "models/not-a-live-model");
        }, Tokens);
        list.Must("locked-model-unknown", "A locked unknown model is refused, whatever the client asks for.", async probe =>
        {
            var (status, body, _) = await probe.HttpAsync(HttpMethod.Post, probe.Run.TokenPath(), """{"bidiGenerateContentSetup":{"model":"models/not-a-live-model"}}""");
            if (status != 200)
                return;
            var line = await ConnectAsync(probe, JsonElement.Parse(body).GetProperty("name").GetString()!);
            await line.SendAsync(probe.Run.Setup(""));
            await line.ExpectCloseAsync(1008, "is not found");
        }, Tokens);
        list.Must("unlocked-empty-setup", "Without a locked model an empty setup is refused.", async probe =>
        {
            var line = await ConnectAsync(probe, await probe.MintAsync("{}"));
            await line.SendAsync("""{"setup":{}}""");
            await line.ExpectCloseAsync(1007);
        }, Tokens);
        Transcribed(list, "locked-members", "Members of a locked setup are in force.", static model =>
            $$$$"""{"bidiGenerateContentSetup":{"model":"{{{{model}}}}","outputAudioTranscription":{}}}""", "", expected: true);
        Transcribed(list, "locked-ignores", "With a locked setup, members of the client's are ignored.", static model =>
            $$$$"""{"bidiGenerateContentSetup":{"model":"{{{{model}}}}"}}""", "\"outputAudioTranscription\":{}", expected: false);
        Transcribed(list, "mask-lets-through", "With a mask, the client sets what it does not name.", static model =>
            $$$$"""{"bidiGenerateContentSetup":{"model":"{{{{model}}}}"},"fieldMask":"model"}""", "\"outputAudioTranscription\":{}", expected: true);
        Transcribed(list, "mask-locks", "With a mask, what it names comes from the token.", static model =>
            $$$$"""{"bidiGenerateContentSetup":{"model":"{{{{model}}}}","outputAudioTranscription":{}},"fieldMask":"model,outputAudioTranscription"}""", "", expected: true);
        list.Must("setup-required", "Input without a setup is refused, even if all is locked.", async probe =>
        {
            var line = await ConnectAsync(probe, await probe.MintAsync($$$$"""{"bidiGenerateContentSetup":{"model":"{{{{probe.Options.Model}}}}"}}"""));
            await line.SendAsync(Prompts.RealtimeText(Prompts.Short));
            await line.ExpectCloseAsync(1007, "setup must be the first");
        }, Tokens);
    }

    private static void Transcribed(CheckList list, string name, string text, Func<string, string> token, string members, bool expected) => list.Must(name, text, async probe =>
    {
        var line = await ConnectAsync(probe, await probe.MintAsync(token(probe.Options.Model)));
        await line.SetUpAsync(members);
        await line.SendAsync(Prompts.Content(Prompts.Short));
        var turn = await line.TurnAsync();
        probe.Require(turn.Exists(static message => message.At("serverContent", "outputTranscription") is not null) == expected,
            expected ? "There is no transcription." : "There is a transcription.");
    }, Tokens | Answers);

    private static void Request(
        CheckList list, string name, string text, Func<Probe, string> body, int status, string contains = "", ConformanceSeverity severity = Must) =>
        (severity == Must ? (Func<string, string, Func<Probe, Task>, ConformanceNeeds, CheckList>)list.Must : list.Should)(name, text, async probe =>
        {
            var (answered, answer, _) = await probe.HttpAsync(HttpMethod.Post, probe.Run.TokenPath(), body(probe));
            probe.Require(answered == status, $"Expected HTTP {status}; got {answered}: {answer}");
            if (contains.Length > 0)
                probe.Require(JsonElement.Parse(answer).GetProperty("error").GetProperty("message").GetString()!.Contains(contains, StringComparison.Ordinal), $"The message does not have '{contains}': {answer}");
        }, Tokens);

    private static void Refused(CheckList list, string name, string text, Func<string, string> alter, params int[] codes) => list.Must(name, text, async probe =>
    {
        var line = await ConnectAsync(probe, alter(await probe.MintAsync("{}")));
        await line.SendAsync(probe.Run.Setup(""));
        var end = await line.EndAsync();
        probe.Require(end.CloseCode is { } code && codes.Contains(code), $"Expected close {string.Join(" or ", codes)}; got {end}.");
        probe.Require(!line.Taken.Exists(static message => message.Has("setupComplete")), "setupComplete came before the close.");
    }, Tokens);

    private static Task<ProbeLine> ConnectAsync(Probe probe, string token) => probe.ConnectAsync(probe.Run.ConstrainedPath(token));

    private static async Task RefuseAsync(Probe probe, string token)
    {
        var line = await ConnectAsync(probe, token);
        await line.SendAsync(probe.Run.Setup(""));
        var end = await line.UntilAsync(static message => message.IsEnd || message.Has("setupComplete"), "a close");
        probe.Require(end.CloseCode is 1007 or 1008 or 1011, $"Expected a close; got {end}.");
    }

    private static string In(int seconds) => TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
