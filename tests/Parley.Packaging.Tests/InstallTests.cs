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
        await feed.CreateAsync("client", "MyClient");
        await feed.CreateAsync("server", "MyServer");
        await feed.CreateAsync("gateway", "MyGateway");
        await File.WriteAllTextAsync(Path.Combine(feed.Folder, "All.slnx"), """
            <Solution>
              <Project Path="MyClient/MyClient.csproj" />
              <Project Path="MyServer/MyServer.csproj" />
              <Project Path="MyGateway/MyGateway.csproj" />
            </Solution>
            """, TestContext.Current.CancellationToken);
        await feed.RunAsync("dotnet", "build", "All.slnx", "-c", "Release", "--nologo", "-v", "quiet", "-warnaserror");

        // The native files of one platform, also for users of the packages.
        Assert.InRange(SizeOf("MyServer"), 1, 80 * MegaByte);
        Assert.InRange(SizeOf("MyGateway"), 1, 8 * MegaByte);

        var tool = await feed.ToolAsync();
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

    [Theory]
    [InlineData("OneFile", "false")]
    [InlineData("OneFileWithRuntime", "true")]
    public async Task Server_published_as_a_single_file_hears_and_speaks(string name, string selfContained)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The speech engines are Debian's.");
        await feed.CreateAsync("server", name);
        await feed.RunAsync(
            "dotnet", "publish", name, "-c", "Release", "--use-current-runtime", "--self-contained", selfContained, "-p:PublishSingleFile=true",
            "-o", Path.Combine(name, "out"), "--nologo", "-v", "quiet", "-warnaserror");
        var folder = Path.Combine(feed.Folder, name, "out");
        Assert.Empty(Directory.EnumerateFiles(folder, "*.dll"));

        await using var server = ShellCommand.Start(folder, feed.Environment, Path.Combine(folder, name), "--urls", "http://127.0.0.1:0");
        var answer = await feed.RunAsync(
            await feed.ToolAsync(), "send", "--url", await ListeningAsync(server), "--audio", PackageFeed.Find("samples", "audio", "question.wav"),
            "--out", "answer.wav");

        // The question was transcribed and the answer spoken, each by a worker process.
        Assert.Contains("seven times six", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Answer, answer, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(Path.Combine(feed.Folder, "answer.wav")).Length, 20_000, long.MaxValue);
    }

    private static async Task<string> ListeningAsync(ShellCommand server) =>
        (await server.MatchAsync(@"Now listening on: (http://127\.0\.0\.1:\d+)")).Groups[1].Value;

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
