using System.Text.Json;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary><c>parley conform</c> against our server and a third party's, and with clients on two SDKs.</summary>
public sealed class ConformanceTests(ParleyProcess server, AimockProcess aimock) : IClassFixture<ParleyProcess>, IClassFixture<AimockProcess>
{
    [Fact]
    public async Task Our_server_passes_every_check()
    {
        using var tool = new Tool(server.Address);

        // Without STT there are no transcripts of speech.
        var run = await tool.RunAsync("conform", server.Address.ToString(), "--except", "output.input-transcription", "--parallel", "6");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains(run.Output, static line => line.StartsWith("total ", StringComparison.Ordinal) && line.EndsWith(" 0        0  100 %", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Third_party_server_is_scored()
    {
        using var tool = new Tool(aimock.Address);

        var run = await tool.RunAsync("conform", aimock.Address.ToString(), "--timeout", "2s", "--except", "realtime.too-big", "--format", "markdown");

        TestContext.Current.SendDiagnosticMessage("aimock: {0}", run.Output.First(static line => line.StartsWith("| **total**", StringComparison.Ordinal)));
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Our_client_shows_what_a_client_must_do()
    {
        using var tool = new Tool(server.Address);

        // A call with everything a client can do: speech, a function, and a session that lasts until the server ends it.
        var run = await tool.RunAsync(
            "conform", "--client", "--parallel", "6", "--format", "json", "--", "dotnet", Repository.Tool,
            "talk", "--audio", Repository.Find("samples", "audio", "question.wav"), "--stay", "--speaker", "cat", "--tool", "set_lamp={\"on\":true}");

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.All(ChecksOf(run), static check => Assert.True(check.GetProperty("outcome").GetString() == "passed", check.ToString()));
    }

    [Fact]
    public async Task Client_on_the_official_SDK_shows_what_a_client_must_do()
    {
        using var tool = new Tool(server.Address);

        var run = await tool.RunAsync(
            "conform", "--client", "--parallel", "3", "--format", "json", "--except", "client-setup.gives-up", "client-setup.waits-in-vain",
            "--", "node", Repository.Find("tests", "Parley.EndToEnd", "js", "conform-client.mjs"));

        Assert.True(run.ExitCode == 0, run.ToString());
        RequirePassed(run, "client-tools.once", "client-tools.parallel", "client-messages.text-frames", "client-reconnect.go-away");
    }

    [Fact]
    public async Task List_of_checks_in_the_documentation_is_current()
    {
        using var tool = new Tool(server.Address);
        var page = await File.ReadAllLinesAsync(Repository.Find("docs", "conformance-checks.md"), TestContext.Current.CancellationToken);

        var servers = await tool.RunAsync("conform", "--list", "--format", "markdown");
        var clients = await tool.RunAsync("conform", "--list", "--client", "--format", "markdown");

        Assert.Equal(servers.Output.Concat(clients.Output), page.Where(static line => line.StartsWith('|')));
    }

    private static void RequirePassed(ToolRun run, params string[] ids)
    {
        var passed = ChecksOf(run).Where(static check => check.GetProperty("outcome").GetString() == "passed").Select(static check => check.GetProperty("id").GetString()).ToHashSet();
        Assert.All(ids, id => Assert.Contains(id, passed));
    }

    private static JsonElement.ArrayEnumerator ChecksOf(ToolRun run) => JsonElement.Parse(string.Join('\n', run.Output)).GetProperty("checks").EnumerateArray();
}
