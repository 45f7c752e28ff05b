using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Sessions;
using Parley.Server.Sockets;
using Parley.Server.Telemetry;
using Parley.Server.Tests.Support;
using Parley.Server.Wire;
using Parley.TestKit;

namespace Parley.Server.Tests.Sessions;

/// <summary>Counts bytes of the whole process, so no other test may run meanwhile.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class AloneCollection;

[Collection(nameof(MemoryTests))]
public sealed class MemoryTests(ITestOutputHelper output)
{
    /// <summary>Managed memory of connection, session, setup and handle, without Kestrel and its socket.</summary>
    private const int MaxBytesPerSession = 11 << 10;

    private const int Sessions = 500;

#if DEBUG
    /// <summary>A debug build allocates the state machine of every async call.</summary>
    private const int MaxBytesPerChunk = 400;
#else
    private const int MaxBytesPerChunk = 8;
#endif

    [Fact]
    public async Task Idle_session_holds_no_buffers()
    {
        await using var host = await LiveTestHost.StartAsync(new QuietModel());
        var server = host.Services.GetRequiredService<ConnectionServices>();
        var before = SettledMemory();

        var sockets = Enumerable.Range(0, Sessions).Select(static _ => new IdleWebSocket()).ToArray();
        var running = sockets.Select(socket => new LiveConnection(server, socket, new ConnectionRequest("v1beta", new Caller("owner", "development"), null, "test")).RunAsync()).ToArray();
        foreach (var socket in sockets)
            await Expect.WithinAsync(socket.Idle, "the session is idle");
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Sessions;

        output.WriteLine($"{each} bytes per idle session");
        Assert.InRange(each, 0, MaxBytesPerSession);
        foreach (var socket in sockets)
            socket.Abort();
        await Expect.WithinAsync(Task.WhenAll(running), "the connections end");
    }

    [Fact]
    public void Audio_input_does_not_allocate()
    {
        var router = new MessageRouter(new QuietModel(), LiveCompatibility.Guide, new MessageRules(new LiveApiOptions(), pinsContext: false, allowsUnknown: false));
        var message = IdleWebSocket.Audio;

        Assert.Equal(0, Allocated.Least(1_000, () => router.Receive(message, ClientPeek.ReadForDecoding(message))));
    }

    [Fact]
    public async Task Audio_output_does_not_allocate()
    {
        var model = new QuietModel();
        await using var host = await LiveTestHost.StartAsync(model);
        using var sends = new SemaphoreSlim(0);
        var socket = new IdleWebSocket { Sends = sends };
        // Without the observer of the test host, which parses every message.
        var services = host.Services;
        var server = new ConnectionServices(
            services.GetRequiredService<Microsoft.Extensions.Options.IOptions<LiveApiOptions>>(), TimeProvider.System,
            new MessageObservers([], Microsoft.Extensions.Logging.Abstractions.NullLogger<MessageObservers>.Instance), services.GetRequiredService<SessionPlanner>(),
            services.GetRequiredService<SessionRegistry>(), services.GetRequiredService<SessionWatches>(),
            services.GetRequiredService<Parley.Server.Events.EventDispatcher>(), services.GetRequiredService<Parley.Server.Calls.CallServices>(), services.GetRequiredService<Parley.Server.Nodes.ThisNode>(), services.GetRequiredService<PriceTable>(), services.GetRequiredService<SharedRateLimits>(), services.GetRequiredService<KeyRing>(), services.GetRequiredService<CallerCheck>(), services.GetRequiredService<UsageTracker>(), services.GetRequiredService<LiveMetrics>(), [], Microsoft.Extensions.Logging.Abstractions.NullLogger<LiveConnection>.Instance);
        var running = new LiveConnection(server, socket, new ConnectionRequest("v1beta", new Caller("owner", "development"), null, "test")).RunAsync();
        await Expect.WithinAsync(socket.Idle, "the session is idle");
        Send(model, socket, 1_000);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        Send(model, socket, 10_000);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / 10_000;

        output.WriteLine($"{each} bytes per chunk");
        Assert.InRange(each, 0, MaxBytesPerChunk);
        socket.Abort();
        await Expect.WithinAsync(running, "the connection ends");
    }

    // Earlier tests leave thousands of sockets; their memory must not be freed while this test counts.
    private static long SettledMemory()
    {
        const long Noise = 64 << 10;
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        while (true)
        {
            GC.WaitForPendingFinalizers();
            var less = GC.GetTotalMemory(forceFullCollection: true);
            if (memory - less < Noise)
                return less;
            memory = less;
        }
    }

    // One chunk at a time, so that the pump starts and stops for each.
    private static void Send(QuietModel model, IdleWebSocket socket, int chunks)
    {
        var media = new LiveMedia(1, 1, new byte[4_800], null);
        for (var i = 0; i < chunks; i++)
        {
            model.Output!.SendMedia(media);
            socket.Sends!.Wait();
        }
    }

    private sealed class QuietModel : ILiveModel, ILiveModelSession
    {
        public ILiveModelOutput? Output { get; private set; }

        public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
        {
            Output = output;
            output.Checkpoint("a state");
            return new(this);
        }

        public void Receive(Parley.Protocol.LiveSessionRequest message)
        {
        }

        public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
        {
        }

        public void MediaSent(in LiveMedia media)
        {
        }

        public ValueTask DisposeAsync() => default;
    }

    /// <summary>Sends a setup and one chunk of audio, then nothing; counts the messages sent to it.</summary>
    private sealed class IdleWebSocket : WebSocket
    {
        public static readonly byte[] Audio =
            Encoding.UTF8.GetBytes($$$$"""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"{{{{Convert.ToBase64String(new byte[1_280])}}}}"}}}""");

        private static readonly byte[][] Messages = [Encoding.UTF8.GetBytes(LiveTestHost.ResumableSetup), Audio];

        private readonly TaskCompletionSource<ValueWebSocketReceiveResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _next, _sent;
        private bool _announced;

        public Task Idle => _idle.Task;

        /// <summary>Released for every message sent to an idle session; null = not needed.</summary>
        public SemaphoreSlim? Sends { get; init; }

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => _end.Task.IsCompleted ? WebSocketState.Aborted : WebSocketState.Open;

        public override string? SubProtocol => null;

        public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            if (_next == Messages.Length)
                return new(_end.Task);
            if (!_announced)
            {
                _announced = true;
                return new(new ValueWebSocketReceiveResult(0, WebSocketMessageType.Text, endOfMessage: false));
            }
            _announced = false;
            var message = Messages[_next++];
            message.CopyTo(buffer);
            return new(new ValueWebSocketReceiveResult(message.Length, WebSocketMessageType.Text, endOfMessage: true));
        }

        // After setupComplete and the handle the session is idle.
        public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            var sent = Interlocked.Increment(ref _sent);
            if (sent == 2)
                _idle.SetResult();
            else if (sent > 2)
                Sends?.Release();
            return default;
        }

        public override void Abort() => _end.TrySetException(new WebSocketException(WebSocketError.ConnectionClosedPrematurely));

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Dispose()
        {
        }

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
