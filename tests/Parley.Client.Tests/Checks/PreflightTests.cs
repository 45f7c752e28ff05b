using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;

namespace Parley.Client.Tests.Checks;

public class PreflightTests
{
    private static readonly LiveSetup Setup31 = new() { Model = "gemini-3.1-flash-live-preview" };

    public static TheoryData<string, LiveSetup, string> Findings { get; } = new()
    {
        { "2.5 writes no text", new() { Model = "gemini-2.5-flash-native-audio-preview-12-2025", ResponseModalities = [Modality.Text] }, "Refused setup.generationConfig.responseModalities[0]" },
        { "2.5 has budgets", new() { Model = "gemini-2.5-flash-native-audio-latest", Thinking = new ThinkingConfig { ThinkingLevel = ThinkingLevel.Low } }, "Refused setup.generationConfig.thinkingConfig.thinkingLevel" },
        { "3.1 has no affective dialog", Setup31 with { AffectiveDialog = true }, "Refused setup.generationConfig.enableAffectiveDialog" },
        { "3.1 functions block", Setup31 with { Tools = [LiveTool.Function(AIFunctionFactory.Create(() => 1, "one"), Behavior.NonBlocking)] }, "Refused setup.tools[0].functionDeclarations[0].behavior" },
        { "3.1 by hand", Setup31 with { RealtimeInput = new() { AutomaticActivityDetection = new() { Disabled = true } } }, "Ignored setup.realtimeInputConfig.turnCoverage" },
        { "3.8 does not think", new() { Model = "models/gemini-3.8-live", Thinking = new ThinkingConfig { ThinkingBudget = 0 } }, "Refused setup.generationConfig.thinkingConfig" },
        { "3.8 is proactive", new() { Model = "gemini-3.8-live", Proactivity = new() { ProactiveAudio = false } }, "Refused setup.proactivity.proactiveAudio" },
        { "extended thinking wants a level", new() { Model = "gemini-3.8-live-extended-thinking" }, "Refused setup.generationConfig.thinkingConfig.thinkingLevel" },
        { "transcription writes", new() { Model = "gemini-3.5-transcribe-live" }, "Refused setup.generationConfig.responseModalities" },
        { "a misspelt voice", new() { Model = "gemini-3.8-live", Voice = "Koree" }, "Refused setup.generationConfig.speechConfig.voiceConfig.prebuiltVoiceConfig.voiceName" },
        { "v1 has no affective dialog", new() { Model = "gemini-2.5-flash-native-audio-latest", AffectiveDialog = true }, "Refused setup.generationConfig.enableAffectiveDialog" },
        { "translation without a target", new() { Model = "gemini-3.5-live-translate-preview" }, "Ignored setup.generationConfig.translationConfig.targetLanguageCode" },
        { "two functions of one name", new() { Model = "who-knows", Tools = [AIFunctionFactory.Create(() => 1, "one"), new Tool { FunctionDeclarations = [new() { Name = "one" }] }] }, "Refused setup.tools[1].functionDeclarations[0].name" },
        { "no functions", new() { Model = "who-knows", Tools = [new Tool { FunctionDeclarations = [] }] }, "Refused setup.tools[0].functionDeclarations" },
        { "an array of what", new() { Model = "who-knows", Tools = [Of("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"array\",\"null\"]}}}")] }, "Ignored setup.tools[0].functionDeclarations[0].parametersJsonSchema.properties.a.items" },
        { "a deep array of what", new() { Model = "who-knows", Tools = [new Tool { FunctionDeclarations = [new() { Name = "f", Parameters = new Schema { Type = SchemaType.Object, Properties = new Dictionary<string, Schema> { ["a"] = new() { Type = SchemaType.Array, Items = new Schema { Type = SchemaType.Array } } } } }] }] }, "Refused setup.tools[0].functionDeclarations[0].parameters.properties.a.items.items" },
        { "a stranger is required", new() { Model = "who-knows", Tools = [new Tool { FunctionDeclarations = [new() { Name = "f", Parameters = new Schema { Type = SchemaType.Object, Properties = new Dictionary<string, Schema> { ["a"] = new() { Type = SchemaType.String } }, Required = ["a", "b"] } }] }] }, "Refused setup.tools[0].functionDeclarations[0].parameters.required" },
        { "a schema that 2.5 does not read", new() { Model = "gemini-2.5-flash-native-audio-latest", Tools = [Of("{\"type\":\"object\",\"properties\":{\"a\":{\"not\":{\"type\":\"string\"}}}}")] }, "Ignored setup.tools[0].functionDeclarations[0].parametersJsonSchema" },
        { "proactive video", new() { Model = "who-knows", Proactivity = new() { ProactiveVideo = true } }, "Refused setup.proactivity.proactiveVideo" },
        { "one modality", new() { Model = "who-knows", ResponseModalities = [Modality.Audio, Modality.Text] }, "Refused setup.generationConfig.responseModalities" },
        { "compression", new() { Model = "who-knows", ContextWindowCompression = new() { TriggerTokens = 8_000, SlidingWindow = new() { TargetTokens = 25_000 } } }, "Refused setup.contextWindowCompression.slidingWindow.targetTokens" },
        { "names", new() { Model = "who-knows", Tools = [new Tool { FunctionDeclarations = [new() { Name = "no spaces" }] }] }, "Refused setup.tools[0].functionDeclarations[0].name" },
        { "an override", new() { Model = "who-knows", Overrides = new JsonObject { ["toolConfig"] = new JsonObject() } }, "Refused setup.toolConfig" },
    };

    private static Tool Of(string schema) =>
        new() { FunctionDeclarations = [new() { Name = "f", ParametersJsonSchema = System.Text.Json.JsonElement.Parse(schema) }] };

    [Theory]
    [InlineData("kore")]
    [InlineData("KORE")]
    [InlineData("Kore")]
    public void Voices_are_known_in_any_case(string voice) =>
        Assert.Empty(LiveClient.FromApiKey("k").Check(new LiveSetup { Model = "gemini-3.8-live", Voice = voice }));

    [Fact]
    public void Another_server_may_have_other_voices()
    {
        var client = LiveClient.FromApiKey("k", new LiveClientOptions { BaseAddress = new Uri("http://localhost:8080") });

        Assert.Equal(PreflightSeverity.Ignored, Assert.Single(client.Check(new LiveSetup { Model = "gemini-3.8-live", Voice = "alloy" })).Severity);
    }

    [Theory]
    [InlineData("v1", 1)]
    [InlineData("v1beta", 1)]
    [InlineData("v1alpha", 0)]
    public void Settings_of_one_version_are_found_on_the_others(string version, int findings)
    {
        var client = LiveClient.FromApiKey("k", new LiveClientOptions { ApiVersion = version });
        foreach (var setup in (LiveSetup[])[new() { AffectiveDialog = true }, new() { Proactivity = new ProactivityConfig { ProactiveAudio = true } }])
            Assert.Equal(findings, client.Check(setup with { Model = "gemini-2.5-flash-native-audio-latest" }).Count);
    }

    /// <summary>With manual detection: what is sent outside an activity is refused or reported, before it is sent.</summary>
    [Fact]
    public async Task Marks_and_audio_of_manual_activities_are_checked()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < 9; i++)
                await peer.ExpectAsync();
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(new LiveSetup
        {
            Model = "gemini-test",
            RealtimeInput = new() { AutomaticActivityDetection = new() { Disabled = true } },
        });

        async Task RefusedAsync(Func<Task> send) =>
            Assert.Equal("realtimeInput.audio", (await Assert.ThrowsAsync<LivePreflightException>(send)).Findings.Single().Path);
        int Warnings(string path) => server.Logs.Entries.Count(entry => entry.Message.StartsWith(path + " is ignored", StringComparison.Ordinal));
        var sound = new LiveSessionRequest { RealtimeInput = new RealtimeInput { Audio = new Blob { MimeType = "audio/pcm", Data = new byte[2] } } };

        await RefusedAsync(async () => await session.SendAudioAsync(new byte[640]));
        await RefusedAsync(async () => await session.SendRawAsync(sound));
        await session.SendActivityEndAsync();
        Assert.Equal(1, Warnings("realtimeInput.activityEnd"));
        await session.SendActivityStartAsync();
        await session.SendActivityStartAsync();
        Assert.Equal(1, Warnings("realtimeInput.activityStart"));
        await session.SendAudioAsync(new byte[641]);
        await session.SendRawAsync(sound);
        await session.SendActivityEndAsync();
        Assert.Single(server.Logs.Entries, static entry => entry.Message.Contains("half a sample", StringComparison.Ordinal));
        await session.SendAudioStreamEndAsync();
        Assert.Equal(1, Warnings("realtimeInput.audioStreamEnd"));
        await RefusedAsync(async () => await session.SendAudioAsync(new byte[640]));
        await session.SendActivityStartAsync();
        await session.SendRawAsync(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Audio = new Blob { MimeType = "audio/pcm", Data = new byte[3] } } });
        Assert.Equal(1, Warnings("realtimeInput.audio.data"));
    }

    [Theory]
    [MemberData(nameof(Findings))]
    public void The_check_finds_what_a_model_will_refuse_or_ignore(string what, LiveSetup setup, string expected)
    {
        var finding = Assert.Single(LiveClient.FromApiKey("k").Check(setup));

        Assert.Equal(expected, $"{finding.Severity} {finding.Path}");
        Assert.True(finding.Reason.Length > 0 && finding.Hint.Length > 0, what);
    }

    [Fact]
    public void The_check_accepts_an_ordinary_setup_of_every_model()
    {
        var client = LiveClient.FromApiKey("k");
        foreach (var model in LiveModelProfiles.BuiltIn.All.SelectMany(static p => p.Models).Where(static m => !m.Contains("2.0") && m != "gemini-live-2.5-flash*"))
        {
            var name = model.Replace("*", "-x", StringComparison.Ordinal);
            var setup = new LiveSetup
            {
                Model = name,
                SystemInstruction = "Be brief.",
                ResponseModalities = name.Contains("transcribe", StringComparison.Ordinal) ? [Modality.Text] : null,
                Translation = name.Contains("translate", StringComparison.Ordinal) ? new TranslationConfig { TargetLanguageCode = "de" } : null,
                Thinking = name.Contains("thinking", StringComparison.Ordinal) ? new ThinkingConfig { ThinkingLevel = ThinkingLevel.Low } : null,
            };
            Assert.Empty(client.Check(setup));
        }
    }

    [Fact]
    public void Rules_of_one_service_do_not_apply_elsewhere()
    {
        var setup = new LiveSetup { Model = "gemini-3.8-live" };
        var options = new LiveClientOptions { Resumption = { Transparent = true } };

        Assert.Equal("setup.sessionResumption.transparent", Assert.Single(LiveClient.FromApiKey("k", options).Check(setup)).Path);
        options.BaseAddress = new Uri("http://localhost:8080");
        Assert.Empty(LiveClient.FromApiKey("k", options).Check(setup));
    }

    [Fact]
    public async Task A_setup_that_would_be_refused_is_not_sent_and_an_ignored_setting_is_logged()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectCloseAsync();
        });

        var refused = await Assert.ThrowsAsync<LivePreflightException>(() => server.ConnectAsync(Setup31 with { AffectiveDialog = true }));
        await using var session = await server.ConnectAsync(Setup31 with { Proactivity = new ProactivityConfig { ProactiveAudio = true } });

        Assert.Single(refused.Findings);
        Assert.Contains(server.Logs.Entries, static entry => entry.Message.Contains("setup.proactivity is ignored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Client_content_in_mid_session_is_refused_locally_on_models_that_close_for_it()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.ExpectCloseAsync();
        });
        await using var session = await server.ConnectAsync(
            Setup31 with { InitialHistory = true }, static options => options.Profiles = LiveModelProfiles.BuiltIn.On(new DateOnly(2026, 6, 1)));

        await session.SendContentAsync("history");
        var stopped = await Assert.ThrowsAsync<LivePreflightException>(async () => await session.SendContentAsync("more"));

        Assert.Contains("SendTextAsync", stopped.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LivePreflightException>(async () => await session.SendActivityStartAsync());
        await Assert.ThrowsAsync<LivePreflightException>(async () =>
            await session.SendRawAsync(new LiveSessionRequest { RealtimeInput = new RealtimeInput { MediaChunks = [new Blob { MimeType = "audio/pcm" }] } }));
    }

    [Fact]
    public async Task Overrides_go_over_the_setup_as_it_is_on_the_wire()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            Assert.Equal(
                """{"model":"models/gemini-test","generationConfig":{"temperature":0.5,"newThing":[1]},"brandNew":{"a":1}}""", peer.Setup.GetRawText());
            await peer.ExpectCloseAsync();
        });
        var overrides = JsonNode.Parse("""{"generationConfig":{"newThing":[1]},"sessionResumption":null,"brandNew":{"a":1}}""")!.AsObject();
        await using var session = await server.ConnectAsync(new LiveSetup { Model = "gemini-test", Temperature = 0.5, Overrides = overrides });
    }

    [Fact]
    public void A_newer_profile_file_replaces_the_built_in_one()
    {
        var newer = """
            { "updated": "2027-01-01", "profiles": [ { "name": "next", "models": ["gemini-4*"], "clientContent": "initialHistoryOnly", "defaultBehavior": "NON_BLOCKING",
              "rules": [ { "severity": "refused", "when": [ { "path": "labels", "is": "present" } ], "reason": "No labels.", "hint": "Leave them out." } ] } ] }
            """;
        var options = new LiveClientOptions { Profiles = LiveModelProfiles.Load(new MemoryStream(Encoding.UTF8.GetBytes(newer))) };
        var setup = new LiveSetup { Model = "gemini-4-live", Labels = new Dictionary<string, string> { ["a"] = "b" } };

        var finding = Assert.Single(LiveClient.FromApiKey("k", options).Check(setup));

        Assert.Equal(("setup.labels", "next"), (finding.Path, finding.Profile));
        Assert.Same(LiveModelProfiles.Unknown, options.Profiles.Find("gemini-3.8-live"));
    }

    [Fact]
    public void Client_and_server_read_the_same_model_profiles()
    {
        var models = LiveModelProfiles.BuiltIn.PublicModels.Select(static model => model.Id);
        foreach (var model in models.Append("gemini-2.5-flash-exp-native-audio-thinking-dialog").Append("gemini-12-live"))
        {
            var data = LiveModelProfiles.BuiltIn.Find(model);
            var rules = Server.ModelProfiles.Of(model);

            Assert.Equal(
                (data.Thinking, data.ClientContent, data.DefaultBehavior, data.AllowsBlocking, data.AllowsNonBlocking, data.DefaultTurnCoverage),
                (rules.Thinking, rules.ClientContent, rules.DefaultBehavior, rules.AllowsBlocking, rules.AllowsNonBlocking, rules.DefaultTurnCoverage));
            Assert.Equal(
                (data.CompletesTurnAfterToolCall, data.ReportsInteractionStatus, data.AllowsAffectiveDialog, data.ProactiveAudioAlwaysOn, data.ContextWindowTokens),
                (rules.CompletesTurnAfterToolCall, rules.ReportsInteractionStatus, rules.AllowsAffectiveDialog, rules.ProactiveAudioAlwaysOn, rules.ContextWindowTokens));
            Assert.Equal(data.Modalities, rules.Modalities);
        }
    }
}
