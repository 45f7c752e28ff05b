using System.Net;

namespace Parley.Packaging.Tests;

/// <summary>What a user does in an empty folder: install the templates and the tool, create applications, run them together.</summary>
public sealed class InstallTests(PackageFeed feed)
{
    private const string Question = "What is seven times six?";
    private const string Answer = "42";
    private const long MegaByte = 1_000_000;

    [Fact]
    public async Task Applications_from_templates_and_the_tool_talk_to_each_other()
    {
        var templates = Path.Combine(feed.Packages, $"Parley.Templates.{feed.Version}.nupkg");
        await feed.RunAsync("dotnet", "new", "install", templates, "--debug:custom-hive", Hive);
        await CreateAsync("client");
        await CreateAsync("server");
        await CreateAsync("gateway");
        await File.WriteAllTextAsync(Path.Combine(feed.Folder, "All.slnx"), """
            <Solution>
              <Project Path="MyClient/MyClient.csproj" />
              <Project Path="MyServer/MyServer.csproj" />
              <Project Path="MyGateway/MyGateway.csproj" />
            </Solution>
            """, TestContext.Current.CancellationToken);
        await feed.RunAsync("dotnet", "build", "All.slnx", "-c", "Release", "--nologo", "-v", "quiet", "-warnaserror");
        await feed.RunAsync("dotnet", "tool", "install", "parley", "--version", feed.Version, "--tool-path", "tools");

        // The native files of one platform, also for users of the packages.
        Assert.InRange(SizeOf("MyServer"), 1, 80 * MegaByte);
        Assert.InRange(SizeOf("MyGateway"), 1, 8 * MegaByte);

        var tool = Path.Combine(feed.Folder, "tools", OperatingSystem.IsWindows() ? "parley.exe" : "parley");
        Assert.StartsWith(feed.Version, (await feed.RunAsync(tool, "--version")).Trim(), StringComparison.Ordinal);

        await using var served = ShellCommand.Start(feed.Folder, feed.Environment, tool, "serve", "--port", "0");
        var toolUrl = (await served.MatchAsync(@"http://127\.0\.0\.1:\d+")).Value;
        await using var server = StartServer("MyServer", []);
        var serverUrl = await ListeningAsync(server);
        await using var gateway = StartServer("MyGateway", new() { ["GEMINI_API_KEY"] = "parley-dev", ["PARLEY_URL"] = toolUrl });
        var gatewayUrl = await ListeningAsync(gateway);

        using var http = new HttpClient();
        var page = await http.GetAsync(new Uri(toolUrl + "/"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("<script", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Assert.Contains(Answer, await feed.RunAsync(tool, "ask", "--url", serverUrl, Question), StringComparison.Ordinal);
        Assert.Contains(Answer, await AskAsync(toolUrl), StringComparison.Ordinal);
        Assert.Contains(Answer, await AskAsync(serverUrl), StringComparison.Ordinal);
        Assert.Contains(Answer, await AskAsync(gatewayUrl), StringComparison.Ordinal);
    }

    private static async Task<string> ListeningAsync(ShellCommand server) =>
        (await server.MatchAsync(@"Now listening on: (http://127\.0\.0\.1:\d+)")).Groups[1].Value;

    private string Hive => Path.Combine(feed.Folder, "hive");

    private Task<string> CreateAsync(string template)
    {
        var name = "My" + char.ToUpperInvariant(template[0]) + template[1..];
        return feed.RunAsync("dotnet", "new", "parley-" + template, "-o", name, "--skipRestore", "--debug:custom-hive", Hive);
    }

    private Task<string> AskAsync(string url) =>
        ShellCommand.RunAsync(
            feed.Folder, new Dictionary<string, string>(feed.Environment) { ["PARLEY_URL"] = url }, "dotnet", Output("MyClient"), Question);

    private ShellCommand StartServer(string name, Dictionary<string, string> environment)
    {
        foreach (var (key, value) in feed.Environment)
            environment.TryAdd(key, value);
        return ShellCommand.Start(Path.Combine(feed.Folder, name), environment, "dotnet", Output(name), "--urls", "http://127.0.0.1:0");
    }

    private string Output(string name) => Path.Combine(feed.Folder, name, "bin", "Release", "net10.0", name + ".dll");

    private long SizeOf(string name) =>
        new DirectoryInfo(Path.GetDirectoryName(Output(name))!).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
