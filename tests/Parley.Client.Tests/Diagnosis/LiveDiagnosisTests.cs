using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Diagnosis;

/// <summary>The steps after the network; those up to TLS need real sockets and are tested end to end.</summary>
public class LiveDiagnosisTests
{
    private const string Answer = """{"serverContent":{"modelTurn":{"parts":[{"text":"Hello."}]}}}""";

    [Fact]
    public async Task A_working_server_passes_and_network_steps_are_skipped_with_a_custom_handler()
    {
        await using var server = await ScriptedLiveServer.StartAsync(peer => peer.Number switch
        {
            1 => peer.ExpectCloseAsync(),
            2 => AnswerAsync(peer),
            _ => TakeConfigAsync(peer),
        });

        var steps = await DiagnoseAsync(server);

        Assert.Equal(
            ["Dns Skipped", "Tcp Skipped", "Tls Skipped", "Upgrade Passed", "Credential Passed", "Setup Passed", "Answer Passed", "GuideConfig Passed"],
            steps.Select(step => $"{step.Kind} {step.Outcome}"));
        Assert.Contains("is accepted", steps[^1].Detail, StringComparison.Ordinal);

        static async Task AnswerAsync(ScriptedPeer peer)
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync(Answer);
            await peer.ExpectCloseAsync();
        }

        static async Task TakeConfigAsync(ScriptedPeer peer)
        {
            Assert.Equal("models/gemini-test", (await peer.ExpectAsync()).GetProperty("config").GetProperty("model").GetString());
            await peer.SendAsync(ScriptedPeer.SetupComplete);
        }
    }

    [Theory]
    [InlineData(1007, "API key not valid. Please pass a valid API key.", DiagnosisStepKind.Credential, EndCause.InvalidKey)]
    [InlineData(1008, "Method doesn't allow unregistered callers", DiagnosisStepKind.Credential, EndCause.NoIdentity)]
    [InlineData(1008, "models/x is not found for API version v1beta", DiagnosisStepKind.Setup, EndCause.UnknownModel)]
    [InlineData(1011, "You exceeded your current quota", DiagnosisStepKind.Setup, EndCause.Quota)]
    public async Task A_close_is_attributed_to_the_key_or_to_the_setup(int code, string reason, DiagnosisStepKind failing, EndCause cause)
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            if (peer.Number == 1)
            {
                await peer.ExpectCloseAsync();
                return;
            }
            await peer.ExpectSetupAsync();
            await peer.CloseAsync(code, reason);
        });

        var steps = await DiagnoseAsync(server);

        var failed = Assert.Single(steps, step => step.Outcome == DiagnosisOutcome.Failed);
        Assert.Equal((failing, cause), (failed.Kind, failed.Cause));
        Assert.Contains(reason, failed.Detail, StringComparison.Ordinal);
        Assert.NotEmpty(failed.Hint);
        Assert.All(steps.SkipWhile(step => step != failed).Skip(1), step => Assert.Equal(DiagnosisOutcome.Skipped, step.Outcome));
    }

    [Fact]
    public async Task A_session_that_ends_before_its_first_answer_fails_there()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            if (peer.Number == 1)
            {
                await peer.ExpectCloseAsync();
                return;
            }
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.CloseAsync(1007, "Precondition check failed.");
        });

        var steps = await DiagnoseAsync(server);

        var failed = Assert.Single(steps, step => step.Outcome == DiagnosisOutcome.Failed);
        Assert.Equal((DiagnosisStepKind.Answer, EndCause.UnsupportedFeature), (failed.Kind, failed.Cause));
    }

    [Fact]
    public async Task A_setup_that_is_known_to_be_refused_fails_as_the_setup()
    {
        await using var server = await ScriptedLiveServer.StartAsync(peer => peer.ExpectCloseAsync());

        var steps = await DiagnoseAsync(server, new LiveSetup { Model = "gemini-3.1-flash-live-preview", AffectiveDialog = true });

        Assert.Equal(DiagnosisOutcome.Skipped, Assert.Single(steps, step => step.Kind == DiagnosisStepKind.Credential).Outcome);
        var failed = Assert.Single(steps, step => step.Outcome == DiagnosisOutcome.Failed);
        Assert.Equal((DiagnosisStepKind.Setup, EndCause.UnsupportedFeature), (failed.Kind, failed.Cause));
    }

    private static async Task<List<DiagnosisStep>> DiagnoseAsync(ScriptedLiveServer server, LiveSetup? setup = null)
    {
        var steps = await Expect.WithinAsync(
            server.Client().DiagnoseAsync(setup ?? new LiveSetup { Model = "gemini-test" }).ToListAsync().AsTask(), "the diagnosis ends");
        Assert.All(steps, step => Assert.DoesNotContain(ScriptedLiveServer.Key, step.ToString(), StringComparison.Ordinal));
        return steps;
    }
}
