using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>Kills a server in mid-turn and resumes its sessions on a second server with the same data folder.</summary>
public sealed partial class KillTests : IDisposable
{
    private const int Sessions = 50;

    // How many sessions speak at once: this test is not about the capacity of the machine.
    private const int AtOnce = 5;
    private const string Resumable = """{"setup":{"model":"models/gemini-3.8-live","outputAudioTranscription":{},"sessionResumption":{HANDLE} } }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-kill-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Fifty_sessions_killed_in_mid_turn_are_resumed_and_no_token_is_used_twice()
    {
        string key;
        var handles = new string[Sessions];
        var tokens = new List<string>();
        using (var server = await StartAsync())
        {
            key = await CreateKeyAsync();
            using var http = new HttpClient { BaseAddress = server.Address };
            for (var i = 0; i < Sessions; i++)
                tokens.Add(await MintAsync(http, key));
            using var turns = new SemaphoreSlim(AtOnce);
            var sockets = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(async i =>
            {
                await turns.WaitAsync(Cancellation);
                var socket = await OpenAsync(server.Address, tokens[i], Resumable.Replace("HANDLE", "", StringComparison.Ordinal));
                await AskAsync(socket, $"Please repeat after me: number {i}");
                await ReceiveAnswerAsync(socket);
                handles[i] = await NewestHandleAsync(socket);
                // Kill it in the middle of the next turn, while it speaks.
                await AskAsync(socket, "Please tell me a long story.");
                await socket.ReceiveUntilAsync(
                    frame => frame.At("serverContent", "modelTurn") is not null, "the story begins", Cancellation);
                turns.Release();
                return socket;
            }));

            server.Process.Kill();
            await Expect.WithinAsync(server.Process.Exited, "the killed server exits", Cancellation);
            foreach (var socket in sockets)
                await socket.DisposeAsync();
        }

        using var again = await StartAsync();
        using var resumes = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(async i =>
        {
            await resumes.WaitAsync(Cancellation);
            // The token has no uses left; resumption does not need one.
            await using var socket = await OpenAsync(
                again.Address, tokens[i], Resumable.Replace("HANDLE", $"\"handle\":\"{handles[i]}\"", StringComparison.Ordinal));
            await AskAsync(socket, "What did I say first?");
            Assert.Contains($"repeat after me: number {i}", await ReceiveAnswerAsync(socket), StringComparison.OrdinalIgnoreCase);
            resumes.Release();
        }));
        var refusals = await Task.WhenAll(tokens.Select(async token =>
        {
            await using var socket = await ConnectAsync(again.Address, token);
            await socket.SendJsonAsync(LiveMessages.Setup, Cancellation);
            return await socket.ExpectCloseAsync(cancellationToken: Cancellation);
        }));
        Assert.All(refusals, close => Assert.Equal((1008, true), (close.Code, close.Reason.Contains("used up", StringComparison.Ordinal))));

        again.Process.Terminate();
        Assert.Equal(0, await Expect.WithinAsync(again.Process.Exited, "the server ends after SIGTERM", Cancellation));
        Assert.DoesNotContain(
            again.Process.Lines.Snapshot,
            line => line.Text.Contains("fail:", StringComparison.Ordinal) || line.Text.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Second_server_on_a_folder_is_refused_until_the_first_is_killed()
    {
        using (var first = await StartAsync())
        {
            using var second = ChildProcess.Start(
                "dotnet", [Repository.Tool, "serve", "--port", "0", "--data", _folder.FullName], Environment, "Install the .NET SDK of global.json.");
            Assert.Equal(2, await Expect.WithinAsync(second.Exited, "the second server is refused", Cancellation));
            Assert.Equal(
                $"Another server uses the data folder {_folder.FullName}. Stop it, or give this server a folder of its own.",
                Assert.Single(second.Lines.Snapshot, static line => line.IsError).Text);
            await CreateKeyAsync();

            first.Process.Kill();
            await Expect.WithinAsync(first.Process.Exited, "the killed server exits", Cancellation);
        }

        using var again = await StartAsync();
        again.Process.Terminate();
        Assert.Equal(0, await Expect.WithinAsync(again.Process.Exited, "the server ends after SIGTERM", Cancellation));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Data_folder_and_recordings_are_private()
    {
        using (var server = await StartAsync("--admin-port", "0", "--record", Path.Combine(_folder.FullName, "recordings", "calls")))
        {
            await using (var socket = await ConnectAsync(server.Address, "parley-dev"))
            {
                await socket.SendJsonAsync(LiveMessages.Setup, Cancellation);
                await socket.ExpectSetupCompleteAsync(Cancellation);
            }
            server.Process.Terminate();
            await Expect.WithinAsync(server.Process.Exited, "the server ends after SIGTERM", Cancellation);
        }

        var entries = Directory.EnumerateFileSystemEntries(_folder.FullName, "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(entries, static entry => entry.EndsWith(".jsonl", StringComparison.Ordinal));
        Assert.Contains(entries, static entry => entry.EndsWith("admin.secret", StringComparison.Ordinal));
        Assert.All(entries, static entry => Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(entry) & (UnixFileMode)0b000_111_111));
    }

    [Fact]
    public async Task Key_created_and_revoked_by_the_tool_takes_effect_at_once()
    {
        using var server = await StartAsync("--admin-port", "0");
        var key = await CreateKeyAsync();
        var id = key.Substring("parley_".Length, 12);
        var admin = (await server.Process.Lines.FirstAsync(line => line.Text.StartsWith("admin ", StringComparison.Ordinal), "the address of the admin API", Cancellation)).Text["admin ".Length..].Trim();
        using var http = new HttpClient { BaseAddress = new Uri(admin) };
        http.DefaultRequestHeaders.Authorization = new(
            "Bearer", (await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "admin.secret"), Cancellation)).Trim());
        await using (var socket = await ConnectAsync(server.Address, key))
        {
            await socket.SendJsonAsync(LiveMessages.Setup, Cancellation);
            await socket.ExpectSetupCompleteAsync(Cancellation);
            var sessions = JsonElement.Parse(await http.GetStringAsync(new Uri("sessions", UriKind.Relative), Cancellation));
            Assert.Equal(id, Assert.Single(sessions.GetProperty("sessions").EnumerateArray()).GetProperty("keyId").GetString());
        }

        await RunToolAsync("keys", "revoke", id, "--data", _folder.FullName);

        await using (var socket = await ConnectAsync(server.Address, key))
        {
            await socket.SendJsonAsync(LiveMessages.Setup, Cancellation);
            Assert.Equal(1007, (await socket.ExpectCloseAsync(cancellationToken: Cancellation)).Code);
        }
        Assert.Contains(
            "revoked", string.Join('\n', await RunToolAsync("keys", "list", "--data", _folder.FullName)), StringComparison.Ordinal);
        using var onPublicPort = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(
            System.Net.HttpStatusCode.NotFound,
            (await onPublicPort.GetAsync(new Uri("/admin/keys", UriKind.Relative), Cancellation)).StatusCode);
        server.Process.Terminate();
        Assert.Equal(0, await Expect.WithinAsync(server.Process.Exited, "the server ends after SIGTERM", Cancellation));
    }

    [Fact]
    public async Task Token_created_by_the_tool_opens_a_session()
    {
        using var server = await StartAsync();
        using var tool = new Tool(server.Address);

        var run = await tool.RunShellAsync("""./parley ask --token "$(./parley token --model gemini-3.8-live)" --model other-model "What is seven times six?" """);

        Assert.True(run.ExitCode == 0 && run.Output.Any(line => line.Contains("That makes 42.", StringComparison.Ordinal)), run.ToString());
        server.Process.Terminate();
        await Expect.WithinAsync(server.Process.Exited, "the server ends after SIGTERM", Cancellation);
    }

    [Theory]
    [InlineData("the development key is not accepted", "--host", "0.0.0.0")]
    [InlineData("which other machines can reach, and accepts the development key", "--host", "0.0.0.0", "--api-key", "a-real-key", "--config", "CONFIG")]
    [InlineData("The admin API needs a secret", "--admin-port", "0")]
    [InlineData("Give one of them.", "--data", "x", "--postgres", "Host=db")]
    [InlineData("Postgres:ConnectionString is a URL.", "--postgres", "postgres://parley:secret@db/parley")]
    [InlineData("PostgreSQL 127.0.0.1:1/parley: Failed to connect", "--postgres", "Host=127.0.0.1;Port=1;Database=parley")]
    public async Task Serve_refuses_configurations_that_cannot_work_or_accept_any_caller(string reason, params string[] arguments)
    {
        var config = Path.Combine(_folder.FullName, "parley.json");
        await File.WriteAllTextAsync(config, """{"Live":{"DevelopmentKey":"parley-dev"} }""", Cancellation);

        using var process = ChildProcess.Start(
            "dotnet", [Repository.Tool, "serve", "--port", "0", .. arguments.Select(argument => argument == "CONFIG" ? config : argument)], Environment, "Install the .NET SDK of global.json.");

        Assert.Equal(2, await Expect.WithinAsync(process.Exited, "parley serve refuses to start", Cancellation));
        Assert.Contains(reason, string.Join(' ', process.Lines.Snapshot.Select(line => line.Text)), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Environment => new() { ["DOTNET_NOLOGO"] = "1" };

    private async Task<RunningServer> StartAsync(params string[] moreOptions)
    {
        var process = ChildProcess.Start(
            "dotnet", [Repository.Tool, "serve", "--port", "0", "--data", _folder.FullName, .. moreOptions], Environment,
            "Install the .NET SDK of global.json.");
        var line = await process.Lines.FirstAsync(
            line => AddressPattern().IsMatch(line.Text), "parley serve prints its address", Cancellation);
        return new RunningServer(process, new Uri(AddressPattern().Match(line.Text).Value));
    }

    private async Task<string> CreateKeyAsync() => (await RunToolAsync("keys", "create", "test", "--data", _folder.FullName))[0];

    private static async Task<string[]> RunToolAsync(params string[] arguments)
    {
        using var process = ChildProcess.Start(
            "dotnet", [Repository.Tool, .. arguments], Environment, "Install the .NET SDK of global.json.");
        Assert.Equal(0, await Expect.WithinAsync(process.Exited, "the tool ends", Cancellation));
        return [.. process.Lines.Snapshot.Where(line => !line.IsError).Select(line => line.Text)];
    }

    private static async Task<string> MintAsync(HttpClient http, string key)
    {
        using var response = await http.PostAsync(
            new Uri($"/v1beta/auth_tokens?key={key}", UriKind.Relative),
            new StringContent($$"""{"uses":1,"newSessionExpireTime":"{{TimeProvider.System.GetUtcNow().AddMinutes(20):yyyy-MM-ddTHH:mm:ssZ}}"}"""), Cancellation);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).GetProperty("name").GetString()!;
    }

    private static async Task<LiveSocket> ConnectAsync(Uri address, string credential)
    {
        var isToken = credential.StartsWith("auth_tokens/", StringComparison.Ordinal);
        var path = LiveMessages.MethodPath(
            (isToken ? "access_token=" : "key=") + credential, method: isToken ? "BidiGenerateContentConstrained" : "BidiGenerateContent");
        var socket = new ClientWebSocket();
        await Expect.WithinAsync(socket.ConnectAsync(new Uri($"ws://{address.Authority}{path}"), Cancellation), "an upgrade", Cancellation);
        return new LiveSocket(socket);
    }

    private static async Task<LiveSocket> OpenAsync(Uri address, string credential, string setup)
    {
        var socket = await ConnectAsync(address, credential);
        await socket.SendJsonAsync(setup, Cancellation);
        await socket.ExpectSetupCompleteAsync(Cancellation);
        return socket;
    }

    private static Task AskAsync(LiveSocket socket, string text) =>
        socket.SendJsonAsync(
            new { ClientContent = new { Turns = new[] { new { Role = "user", Parts = new[] { new { Text = text } } } }, TurnComplete = true } },
            Cancellation);

    private static Task<string> ReceiveAnswerAsync(LiveSocket socket) => socket.ReceiveAnswerAsync(Cancellation);

    // The server sends a handle once its state is on disk, so the handle of a turn arrives after the turn.
    private static async Task<string> NewestHandleAsync(LiveSocket socket) =>
        (await socket.ReceiveUntilAsync(frame => frame.At("sessionResumptionUpdate", "newHandle") is not null, "a handle", Cancellation)).At("sessionResumptionUpdate", "newHandle")!.Value.GetString()!;

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();

    private sealed record RunningServer(ChildProcess Process, Uri Address) : IDisposable
    {
        public void Dispose() => Process.Dispose();
    }
}
