using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server;
using Parley.TestKit;

namespace Parley.Cli.Tests.Admin;

/// <summary><c>parley sessions watch</c> and <c>parley keys usage</c> through the admin API of a server.</summary>
public sealed class WatchCommandTests : IAsyncDisposable
{
    private const string Secret = "admin-secret-of-the-tests", Key = "a-key-of-the-tests";
    private const string Path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

    private readonly TestClock _time = new();
    private readonly CliRun _cli;
    private readonly TalkModel _model = new();

    public WatchCommandTests() => _cli = new CliRun { TimeProvider = _time };

    public ValueTask DisposeAsync()
    {
        _cli.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Watch_prints_captions_and_messages_until_the_session_ends()
    {
        await using var host = await StartAsync();
        await using var client = await OpenAsync(host);

        var run = RunAsync(host, "sessions", "watch", _model.SessionId, "--messages");
        await _cli.Output.WrittenAsync("The server records this.");
        await client.SendJsonAsync(new { RealtimeInput = new { Text = "hello" } });
        await _cli.Output.WrittenAsync("Good day.");
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        var result = await run;
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains(result.OutputLines, static line => line == "you    hello");
        Assert.Contains(result.OutputLines, static line => line == "model  Good day.");
        Assert.Contains(result.OutputLines, static line => line.Contains("client {\"realtimeInput\"", StringComparison.Ordinal));
        Assert.Equal(["the connection closed with 1000", "the session has ended"], result.OutputLines.TakeLast(2));
    }

    [Fact]
    public async Task Watch_as_json_has_an_object_for_each_message()
    {
        await using var host = await StartAsync();
        await using var client = await OpenAsync(host);

        var run = RunAsync(host, "sessions", "watch", _model.SessionId, "--messages", "--json");
        await _cli.Output.WrittenAsync("watching");
        await client.SendJsonAsync(new { RealtimeInput = new { Text = "hello" } });
        await _cli.Output.WrittenAsync("Good day.");
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        var lines = (await run).Json;
        var message = lines.First(static line => line.GetProperty("type").GetString() == "message");
        Assert.Equal(("in", "hello"), (message.GetProperty("dir").GetString(), message.GetProperty("json").GetProperty("realtimeInput").GetProperty("text").GetString()));
        Assert.Equal(["closed", "ended"], lines.Select(static line => line.GetProperty("type").GetString()).TakeLast(2));
    }

    [Fact]
    public async Task Watch_that_is_off_or_of_no_session_says_so()
    {
        await using (var off = await StartAsync(allowed: false))
        {
            var refused = await RunAsync(off, "sessions", "watch", "any");
            Assert.Equal(3, refused.ExitCode);
            Assert.Contains("Live:Admin:AllowWatching", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
        }
        await using var host = await StartAsync();
        var unknown = await RunAsync(host, "sessions", "watch", "unknown");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("Session 'unknown' not found", Assert.Single(unknown.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_is_shown_by_day_and_key_with_its_cost()
    {
        await using var host = await StartAsync();
        await using var client = await OpenAsync(host);
        await client.SendJsonAsync(new { RealtimeInput = new { Text = "hello" } });
        await client.ReceiveUntilAsync(static frame => frame.Has("usageMetadata"), "usageMetadata");

        var table = await RunAsync(host, "keys", "usage");
        var json = (await RunAsync(host, "keys", "usage", "--json")).Json;

        Assert.Matches("^DAY +KEY +NAME +SESSIONS +MINUTES +TOKENS IN +TOKENS OUT +COST$", table.OutputLines[0]);
        Assert.Matches("^[0-9-]{10} +configured-[0-9a-f]{8} +- +1 +0 +1000 +100 +0.003 USD$", table.OutputLines[1]);
        Assert.Equal((0.003m, "USD"), (json[0].GetProperty("cost").GetDecimal(), json[0].GetProperty("currency").GetString()));
    }

    private static async Task<LiveSocket> OpenAsync(InMemoryHost host)
    {
        var client = await LiveSocket.ConnectAsync(host, $"{Path}?key={Key}");
        await client.SendJsonAsync("""{"setup":{"model":"models/gemini-3.8-live"}}""");
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        // A session can be watched slightly later than that.
        await client.SendJsonAsync(new { RealtimeInput = new { Text = "ready?" } });
        await client.ReceiveUntilAsync(static frame => frame.Has("serverContent"), "an answer");
        return client;
    }

    private Task<InMemoryHost> StartAsync(bool allowed = true) => InMemoryHost.StartAsync(
        builder => builder.Services.AddLiveApi(options =>
        {
            options.ApiKeys.Add(Key);
            (options.Admin.Secret, options.Admin.AllowWatching) = (Secret, allowed);
            options.Prices.Models["gemini-*"] = new LiveModelPrice { InputTokens = 2, OutputTokens = 10 };
        }).UseDefaultModel(_ => _model),
        static app =>
        {
            app.MapLiveApi();
            app.MapLiveAdmin();
        },
        _time);

    private Task<CliResult> RunAsync(InMemoryHost host, params string[] arguments)
    {
        _cli.Invoker = host.Invoker;
        return _cli.RunAsync([.. arguments, "--url", host.BaseAddress.ToString(), "--admin-secret", Secret]);
    }

    /// <summary>Answers each text.</summary>
    private sealed class TalkModel : ILiveModel
    {
        public string SessionId { get; private set; } = "";

        public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
        {
            SessionId = start.SessionId;
            return new(new Session(output));
        }

        private sealed class Session(ILiveModelOutput output) : ILiveModelSession
        {
            public void Receive(LiveSessionRequest message)
            {
                output.Send(new LiveSessionResponse { ServerContent = new ServerContent { OutputTranscription = new Transcription { Text = "Good day." } } });
                output.Send(new LiveSessionResponse { ServerContent = new ServerContent { TurnComplete = true } });
                if (message.RealtimeInput?.Text == "hello")
                    output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 1_000, ResponseTokenCount = 100 } });
            }

            public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
            {
            }

            public void MediaSent(in LiveMedia media)
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
