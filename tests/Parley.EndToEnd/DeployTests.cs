using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>The files in <c>deploy/</c> work with the programs they are for: systemd's filters, nginx and Caddy.</summary>
public sealed partial class DeployTests : IDisposable
{
    private const string Key = "client-key-of-the-test";
    private const string UpstreamKey = "operator-key-of-the-test";
    private const string Question = """{"realtimeInput":{"text":"What is seven times six?"} }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-deploy-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Unit_is_valid_and_its_exposure_is_OK_for_systemd()
    {
        var unit = Path.Combine(_folder.FullName, "parley.service");
        // systemd looks for the program, which may be elsewhere here.
        var text = await File.ReadAllTextAsync(Sandbox.Unit, Cancellation);
        await File.WriteAllTextAsync(
            unit, text.Replace("ExecStart=/usr/bin/dotnet", "ExecStart=/usr/bin/env dotnet", StringComparison.Ordinal), Cancellation);

        var verified = await AnalyzeAsync("verify", "--man=no", unit);
        Assert.Equal((0, ""), (verified.ExitCode, string.Join('\n', verified.Lines.Select(static line => line.Text))));
        var rated = await AnalyzeAsync("security", "--offline=yes", "--threshold=20", "--no-pager", unit);
        Assert.True(rated.ExitCode == 0, rated.ToString());
    }

    [Fact]
    public async Task Unit_that_forbids_changes_of_the_schedule_does_not_start_dotnet()
    {
        // Shows that the filter of these tests is in force.
        var unit = Path.Combine(_folder.FullName, "strict.service");
        var text = await File.ReadAllTextAsync(Sandbox.Unit, Cancellation);
        await File.WriteAllTextAsync(unit, text.Replace("~@privileged", "~@privileged @resources", StringComparison.Ordinal), Cancellation);

        using var process = Sandbox.Start(unit, _folder, "dotnet", Repository.Tool, "--version");

        Assert.NotEqual(0, await Expect.WithinAsync(process.Exited, "dotnet ends", Cancellation));
    }

    [Fact]
    public async Task Spoken_call_works_under_the_filters_of_the_unit()
    {
        using var process = Sandbox.Start(_folder, "dotnet", Repository.Tool, "demo");

        await Expect.WithinAsync(process.Exited, "parley demo ends", TimeSpan.FromSeconds(120), Cancellation);
        Assert.True(await process.Exited == 0, Text(process));
        Assert.Contains("That makes 42.", Text(process), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_with_the_command_of_the_unit_relays_under_its_filters()
    {
        await using var upstream = new ParleyProcess("--api-key", UpstreamKey);
        await upstream.InitializeAsync();
        var keyFile = Path.Combine(_folder.FullName, "upstream-key");
        File.WriteAllText(keyFile, UpstreamKey + "\n");
        File.WriteAllText(
            Path.Combine(_folder.FullName, "parley.json"),
            JsonSerializer.Serialize(new
            {
                Live = new { ApiKeys = new[] { Key } },
                Relay = new { Upstreams = new[] { new { Url = upstream.Address, KeyFile = keyFile } } },
            }));
        var data = _folder.CreateSubdirectory("data");
        var metrics = Ports.Free();
        var command = Sandbox.Command.Select(argument => argument switch
        {
            "/usr/bin/dotnet" => "dotnet",
            "/opt/parley/parley.dll" => Repository.Tool,
            "/var/lib/parley" => data.FullName,
            "/etc/parley/parley.json" => Path.Combine(_folder.FullName, "parley.json"),
            "8080" => "0",
            "9464" => metrics.ToString(CultureInfo.InvariantCulture),
            _ => argument,
        });

        using var process = Sandbox.Start(_folder, command);
        var address = await AddressAsync(process);
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{address.Authority}{LiveMessages.MethodPath("key=" + Key)}"), Cancellation);
        await using var client = new LiveSocket(socket);
        await AskAsync(client);
        using var http = new HttpClient();
        var exposed = await http.GetStringAsync(new Uri($"http://127.0.0.1:{metrics}/metrics"), Cancellation);
        Assert.Contains("parley_backend=\"relay\"", exposed, StringComparison.Ordinal);
        process.Terminate();
        await client.ReceiveUntilAsync(static frame => frame.Has("goAway"), "goAway", Cancellation);

        await Expect.WithinAsync(process.Exited, "the server ends after SIGTERM", TimeSpan.FromSeconds(60), Cancellation);
        Assert.True(await process.Exited == 0, Text(process));
        Assert.True(File.Exists(Path.Combine(data.FullName, "parley.db")));
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Proxy_passes_a_call_and_its_drain_and_hides_keys_and_private_paths(string program)
    {
        var metrics = Ports.Free().ToString(CultureInfo.InvariantCulture);
        using var server = ChildProcess.Start(
            "dotnet",
            [Repository.Tool, "serve", "--port", "0", "--api-key", Key, "--metrics-port", metrics],
            new Dictionary<string, string> { ["Speech__Recognizer__Provider"] = "none", ["Speech__Detector__Provider"] = "energy" },
            "Install the .NET SDK.");
        using var proxy = TlsProxy.Create(program, await AddressAsync(server));
        var check = await proxy.CheckAsync();
        Assert.True(check.ExitCode == 0, check.ToString());
        await proxy.StartAsync(Cancellation);

        foreach (var (path, status) in new[]
        {
            ("/healthz", HttpStatusCode.OK), ("/v1beta/models?key=" + Key, HttpStatusCode.OK),
            ("/metrics", HttpStatusCode.NotFound), ("/admin/keys", HttpStatusCode.NotFound),
            ("/readyz", HttpStatusCode.NotFound), ("/", HttpStatusCode.NotFound),
        })
        {
            using var response = await proxy.Http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal((path, status), (path, response.StatusCode));
        }

        await using (var client = await proxy.OpenAsync(LiveMessages.MethodPath("key=" + Key), Cancellation))
        {
            await AskAsync(client);
            server.Terminate();
            await client.ReceiveUntilAsync(static frame => frame.Has("goAway"), "goAway", Cancellation);
            Assert.Equal(1001, (await client.ExpectCloseAsync(skipMessages: true, Cancellation)).Code);
        }

        await Expect.WithinAsync(server.Exited, "the server ends after SIGTERM", Cancellation);
        Assert.Equal(0, await server.Exited);
        // A proxy's errors quote the request.
        foreach (var query in new[] { "key=", "access_token=", "KEY=", "%6bey=", "a=b&key=" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1beta/models?{query}{Key}", UriKind.Relative));
            request.Headers.Add("X-Goog-Api-Key", Key);
            request.Headers.Authorization = new("Bearer", Key);
            using var response = await proxy.Http.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        }

        await proxy.StopAsync(Cancellation);
        Assert.Contains("/v1beta/models", proxy.Logs, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, proxy.Logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_check_of_the_image_tells_a_running_server_from_none()
    {
        var check = JsonSerializer.Deserialize<string[]>(HealthCheck().Match(Dockerfile.Text).Groups["command"].Value)!;
        using var server = ChildProcess.Start(
            "dotnet", [Repository.Tool, "serve", "--port", "0"], new Dictionary<string, string>(), "Install the .NET SDK.");

        Assert.Equal(0, await RunAsync((await AddressAsync(server)).Port));
        Assert.NotEqual(0, await RunAsync(Ports.Free()));

        async Task<int> RunAsync(int port)
        {
            var arguments = check.Skip(1).Select(part => part.Replace("/8080", $"/{port}", StringComparison.Ordinal));
            using var process = ChildProcess.Start(check[0], arguments, new Dictionary<string, string>(), "Install bash.");
            return await Expect.WithinAsync(process.Exited, "the health check ends", Cancellation);
        }
    }

    [Fact]
    public void Every_path_that_the_image_copies_exists_and_is_sent_to_the_builder()
    {
        var ignore = File.ReadAllLines(Repository.Find(".dockerignore"));

        Assert.Contains("*", ignore);
        Assert.All(Dockerfile.CopiedPaths, path =>
        {
            Assert.True(Path.Exists(Repository.Find(path)), $"{path} does not exist.");
            Assert.True(ignore.Any(line => line.StartsWith('!') && IsIn(line[1..], path)), $"{path} is ignored.");
        });
        Assert.All(
            ignore.Where(static line => line.StartsWith('!')),
            line => Assert.Contains(Dockerfile.CopiedPaths, path => IsIn(line[1..], path)));

        static bool IsIn(string folder, string path) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
    }

    [Fact]
    public void Image_runs_the_server_as_a_user_without_privileges()
    {
        var lines = Dockerfile.Text.Split('\n');

        Assert.Equal("USER $APP_UID", lines.Last(static line => line.StartsWith("USER ", StringComparison.Ordinal)));
        // .NET 10 has no images of Debian.
        Assert.All(
            lines.Where(static line => line.StartsWith("FROM mcr.", StringComparison.Ordinal)),
            static line => Assert.Contains(":10.0-noble", line, StringComparison.Ordinal));
    }

    private static async Task AskAsync(LiveSocket client)
    {
        await client.SendJsonAsync(LiveMessages.Setup, Cancellation);
        await client.ExpectSetupCompleteAsync(Cancellation);
        await client.SendJsonAsync(Question, Cancellation);
        Assert.Equal("That makes 42.", await client.ReceiveAnswerAsync(Cancellation));
    }

    private static async Task<ToolRun> AnalyzeAsync(params string[] arguments)
    {
        using var process = ChildProcess.Start(
            "systemd-analyze", arguments, new Dictionary<string, string>(), "Run ./test, which installs Debian's systemd.");
        return new ToolRun(await Expect.WithinAsync(process.Exited, "systemd-analyze ends", Cancellation), process.Lines.Snapshot);
    }

    private static async Task<Uri> AddressAsync(ChildProcess process)
    {
        try
        {
            var line = await process.Lines.FirstAsync(
                static line => !line.IsError && AddressPattern().IsMatch(line.Text), "the server prints its address", Cancellation);
            return new Uri(AddressPattern().Match(line.Text).Value);
        }
        catch (ExpectationException e)
        {
            throw new ExpectationException($"{e.Message}{Environment.NewLine}{Text(process)}", e);
        }
    }

    private static string Text(ChildProcess process) => string.Join('\n', process.Lines.Snapshot.Select(static line => line.Text));

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"HEALTHCHECK [^\[]*\\\n\s+CMD (?<command>\[.*\])")]
    private static partial Regex HealthCheck();

    private static class Dockerfile
    {
        public static string Text { get; } = File.ReadAllText(Repository.Find("deploy", "Dockerfile"));

        /// <summary>Sources of every COPY that reads the repository.</summary>
        public static IReadOnlyList<string> CopiedPaths { get; } =
            [.. Text.Split('\n')
                .Where(static line => line.StartsWith("COPY ", StringComparison.Ordinal))
                .Where(static line => !line.Contains("--from=", StringComparison.Ordinal))
                .SelectMany(static line => line.Split(' ')[1..^1])];
    }
}
