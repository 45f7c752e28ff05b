using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>Webhooks of a real server, which is killed while their receiver is down.</summary>
public sealed partial class WebhookTests : IAsyncDisposable
{
    private static readonly TimeSpan LongerThanALease = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-webhooks-");
    private readonly ConcurrentDictionary<string, string> _bodies = new();
    private readonly EventLog<(string Id, string Type)> _seen = new(), _taken = new();
    private WebApplication? _receiver;
    private volatile bool _isUp;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_receiver is not null)
            await _receiver.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Events_of_a_killed_server_are_delivered_by_the_next_one_and_repeated_under_their_id()
    {
        var address = await StartReceiverAsync(port: 0);
        HashSet<string> before;
        using (var server = Start(address))
        {
            await AskAsync(server);
            // Refused with 503, but seen: the server has it in its outbox.
            await _seen.FirstAsync(static seen => seen.Type == "session.ended", "the end of the session reaches the receiver", Cancellation);
            before = [.. _seen.Snapshot.Select(static seen => seen.Id)];
            Assert.Empty(_taken.Snapshot);
            server.Kill();
            await Expect.WithinAsync(server.Exited, "the killed server exits", Cancellation);
        }
        await _receiver!.DisposeAsync();

        using var again = Start(address);
        await AddressOfAsync(again);
        _isUp = true;
        await StartReceiverAsync(address.Port);
        await Expect.WithinAsync(
            _taken.FirstAsync(_ => before.IsSubsetOf(_taken.Snapshot.Select(static taken => taken.Id)), "every event is taken", Cancellation), "every event is taken", LongerThanALease, Cancellation);

        Assert.Equal(7, before.Count);
        again.Terminate();
        Assert.Equal(0, await Expect.WithinAsync(again.Exited, "the server ends after SIGTERM", Cancellation));
        Assert.DoesNotContain(again.Lines.Snapshot, static line => line.Text.Contains("fail:", StringComparison.Ordinal));
    }

    private async Task<Uri> StartReceiverAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _receiver = builder.Build();
        _receiver.MapPost("/hook", TakeAsync);
        _receiver.Urls.Add($"http://127.0.0.1:{port}");
        await _receiver.StartAsync(Cancellation);
        return new Uri(_receiver.Urls.First() + "/hook");
    }

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(Cancellation);
        var id = request.Headers["webhook-id"].ToString();
        // One id, one content, however often it comes.
        Assert.Equal(_bodies.GetOrAdd(id, body), body);
        var entry = (id, JsonElement.Parse(body).GetProperty("type").GetString()!);
        if (_isUp)
            _taken.Add(entry);
        _seen.Add(entry);
        return _isUp ? Results.NoContent() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    private ChildProcess Start(Uri webhook) => ChildProcess.Start(
        "dotnet",
        [Repository.Tool, "serve", "--port", "0", "--data", _folder.FullName],
        new Dictionary<string, string>
        {
            ["Speech__Synthesizer__Provider"] = "tone",
            ["Speech__Recognizer__Provider"] = "none",
            ["Live__Webhooks__test__Url"] = webhook.ToString(),
            ["Live__Webhooks__test__Secret"] = "a secret of the tests",
            ["Live__Webhooks__test__Timeout"] = "00:00:02",
        },
        "Install the .NET SDK of global.json.");

    private static async Task<Uri> AddressOfAsync(ChildProcess server)
    {
        var line = await server.Lines.FirstAsync(static line => AddressPattern().IsMatch(line.Text), "parley serve prints its address", Cancellation);
        return new Uri(AddressPattern().Match(line.Text).Value);
    }

    private static async Task AskAsync(ChildProcess server)
    {
        using var tool = new Tool(await AddressOfAsync(server));
        var run = await tool.RunAsync("ask", "What is seven times six?");
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();
}
