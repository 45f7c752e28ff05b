using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Parley.Server.Sockets;

namespace Parley.Server.Tests.Sockets;

/// <summary>The bounds of everything that exists before a session, without sockets.</summary>
public sealed class ConnectionGateTests : IDisposable
{
    private readonly LiveApiOptions _options = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder _logs = new();

    public void Dispose() => _logs.Dispose();

    [Theory]
    [InlineData(256, 205, 231)]
    [InlineData(400, 320, 360)]
    [InlineData(1_024, 820, 922)]
    [InlineData(20_000, 16_000, 18_000)]
    [InlineData(1_048_576, 1_044_480, 1_046_528)]
    public void Reserve_is_a_fifth_of_the_limit_within_bounds(int limit, int forClients, int forUpstreams)
    {
        var descriptors = new DescriptorLimit(limit);

        Assert.Equal((forClients, forUpstreams), (descriptors.ForClients, descriptors.ForUpstreams));
    }

    [Fact]
    public void Limit_of_this_process_is_read_from_the_system()
    {
        var limit = new DescriptorLimit(Options.Create(_options)).Limit;

        Assert.True(limit is > 0 || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS());
    }

    [Fact]
    public void Unknown_limit_leaves_the_count_of_connections()
    {
        (_options.Connections.MaxConnections, _options.Connections.MaxHttpConnections) = (5, 3);
        var gate = Gate(new DescriptorLimit(limit: null));

        var sockets = Enumerable.Range(0, 10).Select(_ => Enter(gate, -1)).ToList();
        Assert.All(sockets, static socket => Assert.True(socket.Entered));
        Assert.Equal(3, gate.Http);
    }

    [Fact]
    public void Connection_with_a_reserved_descriptor_is_refused()
    {
        var gate = Gate(new DescriptorLimit(400));

        Assert.True(Enter(gate, 319).Entered);
        Assert.False(Enter(gate, 320).Entered);
        Assert.False(Enter(gate, 399).Entered);

        Assert.Equal((1, 2L), (gate.Open, gate.Refused(ConnectionRefusal.Descriptors)));
    }

    [Fact]
    public void Oldest_waiting_connection_gives_way_and_one_in_a_request_does_not()
    {
        _options.Connections.MaxHttpConnections = 3;
        var gate = Gate();
        var (busy, oldest, newer) = (Enter(gate), Enter(gate), Enter(gate));
        busy.Connection.RequestStarted();

        var next = Enter(gate);

        Assert.Equal((false, true, false, false), (busy.IsAborted, oldest.IsAborted, newer.IsAborted, next.IsAborted));
        Assert.Equal((3, 1L), (gate.Http, gate.Refused(ConnectionRefusal.Replaced)));
    }

    [Fact]
    public void Connection_kept_alive_waits_from_the_end_of_its_request()
    {
        _options.Connections.MaxHttpConnections = 2;
        var gate = Gate();
        var (first, second) = (Enter(gate), Enter(gate));
        first.Connection.RequestStarted();
        first.Connection.RequestEnded();

        Enter(gate);

        Assert.Equal((false, true), (first.IsAborted, second.IsAborted));
    }

    [Fact]
    public void Requests_that_hold_every_place_refuse_the_next_connection()
    {
        _options.Connections.MaxHttpConnections = 2;
        var gate = Gate();
        for (var i = 0; i < 2; i++)
            Enter(gate).Connection.RequestStarted();

        Assert.False(Enter(gate).Entered);

        Assert.Equal(1, gate.Refused(ConnectionRefusal.Limit));
    }

    [Fact]
    public async Task WebSocket_frees_its_place_for_requests()
    {
        _options.Connections.MaxHttpConnections = 1;
        var gate = Gate();
        var upgraded = Enter(gate);
        upgraded.Connection.RequestStarted();
        upgraded.Connection.UpgradeStarted();

        var next = Enter(gate);

        Assert.True(next.Entered);
        Assert.Equal((2, 1, 1), (gate.Open, gate.Http, gate.Waiting));
        upgraded.Connection.UpgradeEnded();
        upgraded.Connection.RequestEnded();
        await upgraded.Connection.DisposeAsync();
        await next.Connection.DisposeAsync();
        Assert.Equal((0, 0, 0), (gate.Open, gate.Http, gate.Waiting));
    }

    [Fact]
    public async Task Counts_are_zero_after_any_sequence_of_events()
    {
        _options.Connections.MaxHttpConnections = 8;
        var gate = Gate();
        var random = new Random(4711);
        var open = new List<CountedConnection>();
        for (var step = 0; step < 20_000; step++)
        {
            var one = open.Count > 0 ? open[random.Next(open.Count)] : null;
            switch (random.Next(6))
            {
                case 0 or 1 when Enter(gate) is { Entered: true } entered:
                    open.Add(entered.Connection);
                    break;
                case 2:
                    one?.RequestStarted();
                    break;
                case 3 when one is { Requests: > 0 } && one.Requests > one.Upgrades:
                    one.RequestEnded();
                    break;
                case 4 when one is { Requests: > 0 } && one.Requests > one.Upgrades:
                    one.UpgradeStarted();
                    break;
                case 5 when one is not null:
                    open.Remove(one);
                    await one.DisposeAsync();
                    break;
            }
            Assert.InRange(gate.Http, 0, 8 + open.Count(static c => c.Upgrades > 0));
            Assert.Equal(open.Count, gate.Open);
        }
        foreach (var connection in open)
            await connection.DisposeAsync();

        Assert.Equal((0, 0, 0), (gate.Open, gate.Http, gate.Waiting));
    }

    [Fact]
    public void Flood_is_counted_and_logged_once_a_minute()
    {
        var gate = Gate(new DescriptorLimit(400));
        for (var i = 0; i < 1_000; i++)
            Enter(gate, 350);
        Assert.Equal(1_000, gate.Refused(ConnectionRefusal.Descriptors));
        Assert.Single(_logs.Entries);

        _time.Advance(TimeSpan.FromMinutes(1));
        Enter(gate, 350);

        Assert.Equal(2, _logs.Entries.Count);
        Assert.Contains("descriptor limit 400", _logs.Entries[0].Message, StringComparison.Ordinal);
    }

    private ConnectionGate Gate(DescriptorLimit? descriptors = null) =>
        new(Options.Create(_options), descriptors ?? new DescriptorLimit(limit: null), _time, LoggerFactory.Create(logging => logging.AddProvider(_logs)).CreateLogger<ConnectionGate>());

    private static Accepted Enter(ConnectionGate gate, long descriptor = 100)
    {
        var inner = new Inner();
        var connection = new CountedConnection(inner, gate);
        return new Accepted(connection, inner, gate.TryEnter(connection, descriptor));
    }

    private sealed record Accepted(CountedConnection Connection, Inner Inner, bool Entered)
    {
        public bool IsAborted => Inner.IsAborted;
    }

    private sealed class Inner : DefaultConnectionContext
    {
        public bool IsAborted { get; private set; }

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;
    }
}
