#pragma warning disable xUnit1051 // As on the page, without cancellation.
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Parley.Client;

namespace Parley.AspireTests;

/// <summary>The snippets of docs/aspire.md.</summary>
public sealed class AspirePageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Application_host_deploys_the_application_without_the_server()
    {
        using var folder = new TestHost.Folder();
        var (scenario, manifest) = (folder.Write("lamp.yaml", TestHost.Scenario), folder.PathOf("manifest.json"));

        // The host writes its manifest and ends.
        await Task.Run(() => RunHost(["--operation", "publish", "--publisher", "manifest", "--output-path", manifest], scenario), Cancellation);

        var resources = JsonElement.Parse(await File.ReadAllTextAsync(manifest, Cancellation)).GetProperty("resources");
        Assert.True(resources.TryGetProperty("concierge", out _));
        Assert.False(resources.TryGetProperty("live", out _));
    }

    [Fact]
    public async Task Test_talks_to_the_server_of_a_running_application_host()
    {
        Assert.SkipUnless(File.Exists(TestHost.Orchestrator), "Aspire's orchestrator is there for Linux on x64 only.");
        using var folder = new TestHost.Folder();
        await using var builder = TestHost.CreateBuilder();
        builder.AddParley("live").WithScenario(folder.Write("lamp.yaml", TestHost.Scenario)).WithTool("dotnet", TestHost.Tool);
        await using var app = builder.Build();

        await app.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("live");
        var connection = await app.GetConnectionStringAsync("live");

        var values = connection!.Split(';').Select(static part => part.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
        var client = LiveClient.FromApiKey(values["Key"], new LiveClientOptions { BaseAddress = new Uri(values["Endpoint"]) });
        await using var session = await client.ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true }, Cancellation);

        Assert.Equal("Done.", (await session.AskAsync("Turn on the lamp", Cancellation)).Text);
        await app.StopAsync(Cancellation);
    }

    private static void RunHost(string[] args, string scenario)
    {
        var builder = DistributedApplication.CreateBuilder(args);
        var live = builder.AddParley("live").WithScenario(scenario);
        builder.AddProject<Projects.Concierge>("concierge").WithLiveApi(live);
        builder.Build().Run();
    }
}
