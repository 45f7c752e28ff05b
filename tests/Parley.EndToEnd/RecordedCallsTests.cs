using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>Records of <c>parley serve --record-calls</c>, read by programs of others.</summary>
public sealed partial class RecordedCallsTests : IDisposable
{
    private const string Setup = """{"setup":{"model":"models/gemini-3.8-live","inputAudioTranscription":{},"outputAudioTranscription":{}}}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-records-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Calls => Path.Combine(_folder.FullName, "calls");

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_encrypted_record_is_listed_exported_played_and_deleted()
    {
        var (server, address) = await StartAsync(encrypt: true);
        using (server)
        {
            await using (var socket = await AskAsync(address))
            {
                await socket.ReceiveUntilAsync(static frame => frame.At("serverContent", "turnComplete") is not null, "the end of the answer", Cancellation);
                // A record has the words that were heard: the answer lasts 1.7 s.
                await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Cancellation);
            }
            server.Terminate();
            Assert.Equal(0, await Expect.WithinAsync(server.Exited, "the server ends", Cancellation));
        }

        var record = Assert.Single(await ListAsync());
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
        Assert.True(record.GetProperty("encrypted").GetBoolean());
        var id = record.GetProperty("id").GetString()!;
        Assert.Contains("That makes 42.", string.Join('\n', await ToolAsync("recordings", "show", Calls, id, "--data", Data)), StringComparison.Ordinal);
        await ToolAsync("recordings", "export", Calls, id, "--data", Data, "--output", Path.Combine(_folder.FullName, "out"));
        Assert.Equal(record.GetProperty("seconds").GetDouble(), await SecondsAsync(Path.Combine(_folder.FullName, "out", id + ".opus")), 0.1);
        await ToolAsync("recordings", "delete", Calls, id, "--data", Data);
        Assert.Empty(Directory.GetFiles(Calls));
    }

    [Fact]
    public async Task The_record_of_a_killed_server_can_be_played_and_is_closed_by_the_next_one()
    {
        var (server, address) = await StartAsync();
        using (server)
        {
            await using var socket = await AskAsync(address);
            // Eight seconds of a microphone; the record is about three seconds behind.
            for (var i = 0; i < 80; i++)
            {
                await socket.SendJsonAsync(new { RealtimeInput = new { Audio = new { MimeType = "audio/pcm;rate=16000", Data = Convert.ToBase64String(new byte[3_200]) } } }, Cancellation);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
            }
            server.Kill();
            await Expect.WithinAsync(server.Exited, "the killed server exits", Cancellation);
        }
        var file = Assert.Single(Directory.GetFiles(Calls, "*.opus"));
        var before = await SecondsAsync(file);

        var (again, _) = await StartAsync();
        using (again)
        {
            again.Terminate();
            await Expect.WithinAsync(again.Exited, "the server ends", Cancellation);
        }

        Assert.InRange(before, 3, 12);
        Assert.Equal("killed", Assert.Single(await ListAsync()).GetProperty("outcome").GetString());
        Assert.Equal(before, await SecondsAsync(file), 0.1);
    }

    private async Task<(ChildProcess Server, Uri Address)> StartAsync(bool encrypt = false)
    {
        var process = ChildProcess.Start(
            "dotnet", [Repository.Tool, "serve", "--port", "0", "--data", Data, "--record-calls", Calls],
            new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1", ["Recording__Encrypt"] = encrypt ? "true" : "false", ["Speech__Recognizer__Provider"] = "none" },
            "Install the .NET SDK of global.json.");
        var line = await process.Lines.FirstAsync(static line => AddressPattern().IsMatch(line.Text), "parley serve prints its address", Cancellation);
        return (process, new Uri(AddressPattern().Match(line.Text).Value));
    }

    private static async Task<LiveSocket> AskAsync(Uri address)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://{address.Authority}{LiveMessages.MethodPath("key=" + ParleyProcess.Key)}"), Cancellation);
        var socket = new LiveSocket(client);
        await socket.SendJsonAsync(Setup, Cancellation);
        await socket.ExpectSetupCompleteAsync(Cancellation);
        await socket.SendJsonAsync(new { RealtimeInput = new { Text = "What is seven times six?" } }, Cancellation);
        return socket;
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync() =>
        [.. (await ToolAsync("recordings", "list", Calls, "--data", Data, "--json")).Select(static line => JsonElement.Parse(line)).Where(static line => line.GetProperty("type").GetString() == "recording")];

    private static async Task<string[]> ToolAsync(params string[] arguments)
    {
        using var process = ChildProcess.Start("dotnet", [Repository.Tool, .. arguments], new Dictionary<string, string> { ["DOTNET_NOLOGO"] = "1" }, "Install the .NET SDK of global.json.");
        var code = await Expect.WithinAsync(process.Exited, "the tool ends", Cancellation);
        Assert.True(code == 0, string.Join('\n', process.Lines.Snapshot.Select(static line => line.Text)));
        return [.. process.Lines.Snapshot.Where(static line => !line.IsError).Select(static line => line.Text)];
    }

    // ffmpeg decodes everything and complains about any fault of the file.
    private static async Task<double> SecondsAsync(string path)
    {
        using var process = ChildProcess.Start(
            "ffmpeg", ["-v", "error", "-i", path, "-f", "s16le", "-ar", "8000", "-ac", "1", "-y", path + ".raw"], new Dictionary<string, string>(), "Install ffmpeg.");
        var code = await Expect.WithinAsync(process.Exited, "ffmpeg ends", Cancellation);
        Assert.Empty(process.Lines.Snapshot.Select(static line => line.Text));
        Assert.Equal(0, code);
        var seconds = new FileInfo(path + ".raw").Length / 16_000.0;
        File.Delete(path + ".raw");
        return seconds;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();
}
