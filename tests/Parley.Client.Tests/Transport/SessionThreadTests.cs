using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Transport;

public class SessionThreadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_loop_runs_on_the_thread_of_the_session()
    {
        await using var server = await StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync(Wire.Text("hello"));
            await peer.CloseAsync(1000);
        });
        await using var session = await ConnectAsync(server);
        await session.NextAsync<SetupCompleteUpdate>();
        var thread = Expect.WithinAsync(ThreadOfAsync(session), "a text");

        await session.SendTextAsync("hi", Token);

        Assert.Equal("Parley session", await thread);
        Assert.Equal(EndCause.Completed, (await session.EndAsync()).Cause);
    }

    [Fact]
    public async Task Fragments_pings_and_long_messages_arrive_whole()
    {
        var large = new string('x', 1 << 20);
        await using var server = await StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var fragment = 1; fragment <= 7; fragment++)
                await peer.SendAsync(Encoding.UTF8.GetBytes(Wire.Text("grüße")), WebSocketMessageType.Text, fragment);
            await peer.SendAsync(Wire.Text(large));
            await peer.CloseAsync(1000);
        });
        await using var session = await ConnectAsync(server);

        var texts = (await session.ReadToEndAsync()).OfType<TextUpdate>().Select(static update => update.Text);

        Assert.Equal([.. Enumerable.Repeat("grüße", 7), large], texts);
    }

    [Fact]
    public async Task A_reader_that_lags_makes_the_server_wait_and_loses_nothing()
    {
        await using var server = await StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            for (var i = 0; i < 500; i++)
                await peer.SendAsync(Wire.Text($"{i}"));
            await peer.CloseAsync(1000);
        });
        await using var session = await ConnectAsync(server, static options => options.ReceiveCapacity = 2);
        var texts = new List<string>();

        await foreach (var update in session.ReadAllAsync(Token))
        {
            await Task.Yield();
            if (update is TextUpdate text)
                texts.Add(text.Text);
        }

        Assert.Equal(Enumerable.Range(0, 500).Select(static i => $"{i}"), texts);
    }

    [Fact]
    public async Task A_silent_session_closes_at_once()
    {
        await using var server = await StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectCloseAsync();
        });
        var session = await ConnectAsync(server);

        Assert.Equal(EndCause.ByClient, (await Expect.WithinAsync(session.CloseAsync(), "the session closes")).Cause);
    }

    [Fact]
    public async Task A_peer_that_ignores_the_close_is_cut_off()
    {
        var over = new TaskCompletionSource();
        await using var server = await StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await over.Task;
        });
        var session = await ConnectAsync(server, static options => options.CloseTimeout = TimeSpan.FromMilliseconds(50));

        Assert.Equal(EndCause.ByClient, (await Expect.WithinAsync(session.CloseAsync(), "the socket is cut")).Cause);
        over.SetResult();
    }

    [Fact]
    public async Task A_loop_may_close_the_session_it_reads()
    {
        await using var server = await StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.SendAsync(Wire.Text("bye"));
            await peer.ExpectCloseAsync();
        });
        var session = await ConnectAsync(server);

        await foreach (var update in session.ReadAllAsync(Token))
        {
            if (update is TextUpdate)
                await Expect.WithinAsync(session.CloseAsync(), "the session closes");
        }

        Assert.Equal(EndCause.ByClient, (await session.EndAsync()).Cause);
    }

    [Fact]
    public async Task A_lost_connection_is_replaced_on_the_same_thread()
    {
        await using var server = await StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            if (peer.Number == 1)
            {
                await peer.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""");
                await peer.CloseAsync(1011);
                return;
            }
            await peer.ExpectAsync();
            await peer.SendAsync(Wire.Text("again"));
            await peer.CloseAsync(1000);
        });
        await using var session = await ConnectAsync(server);
        await session.NextAsync<ReconnectedUpdate>();
        var thread = Expect.WithinAsync(ThreadOfAsync(session), "a text of the second connection");

        await session.SendTextAsync("hi", Token);

        Assert.Equal("Parley session", await thread);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connecting_to_a_server_that_is_silent_can_be_cancelled(bool refusesConnections)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen(0);
        var address = (IPEndPoint)listener.LocalEndPoint!;
        // A full queue: no further connection is established.
        using var first = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (refusesConnections)
            await first.ConnectAsync(address, Token);
        using var cancel = new CancellationTokenSource();
        var options = new LiveClientOptions { BaseAddress = new Uri($"http://[::1]:{address.Port}"), UseSessionThread = true };

        var connecting = LiveClient.FromApiKey("k", options).ConnectAsync(new LiveSetup { Model = "gemini-test" }, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Expect.WithinAsync(connecting, "connecting is cancelled"));
    }

    [Fact]
    public async Task A_setup_without_an_answer_times_out()
    {
        var over = new TaskCompletionSource();
        await using var server = await StartAsync(async peer =>
        {
            await peer.ExpectSetupAsync();
            await over.Task;
        });

        var error = await Assert.ThrowsAsync<LiveConnectException>(
            () => ConnectAsync(server, static options => options.SetupTimeout = TimeSpan.FromMilliseconds(500)));

        Assert.Equal(EndCause.Timeout, error.Cause);
        over.SetResult();
    }

    [Fact]
    public void A_thread_needs_the_sockets_of_the_client()
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());

        var error = Assert.Throws<ArgumentException>(() => LiveClient.FromApiKey("k", new LiveClientOptions { Invoker = invoker, UseSessionThread = true }));

        Assert.Contains("Invoker", error.Message, StringComparison.Ordinal);
    }

    private static Task<ScriptedLiveServer> StartAsync(Func<ScriptedPeer, Task> script) => ScriptedLiveServer.StartAsync(script, port: 0);

    private static Task<LiveSession> ConnectAsync(ScriptedLiveServer server, Action<LiveClientOptions>? configure = null) =>
        server.ConnectAsync(configure: options =>
        {
            options.UseSessionThread = true;
            configure?.Invoke(options);
        });

    private static async Task<string?> ThreadOfAsync(LiveSession session)
    {
        await foreach (var update in session.ReadAllAsync(Token))
        {
            if (update is TextUpdate)
                return Thread.CurrentThread.Name;
        }
        return null;
    }
}
