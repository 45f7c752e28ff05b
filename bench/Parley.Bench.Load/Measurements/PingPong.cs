using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>One session that requests one chunk at a time, measured from the question to <c>turnComplete</c>.</summary>
internal sealed class PingPong : Measurement
{
    private const int WarmUpTurns = 3_000;
    private const int Turns = 3_000;

    private static readonly Metric Median = new("short spoken turn, p50", "µs");
    private static readonly Metric Tail = new("short spoken turn, p99", "µs");
    private static readonly Metric Time = new("short spoken turn: CPU", "µs/turn");

    internal override string Name => "ping-pong";

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        await using var session = await ClientSession.StartAsync(server.Address, Messages.Setup, cancellationToken);
        var turn = Messages.Turn(1);
        for (var i = 0; i < WarmUpTurns && !options.IsShort; i++)
            await session.TakeTurnAsync(turn, chunks: 1, cancellationToken);

        var threads = server.ThreadTimes();
        var latencies = new double[options.IsShort ? Turns / 100 : Turns];
        for (var i = 0; i < latencies.Length; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await session.TakeTurnAsync(turn, chunks: 1, cancellationToken);
            latencies[i] = TimeProvider.System.GetElapsedTime(started).TotalMicroseconds;
        }
        var time = server.TimeSince(threads);

        report(Median, Results.Quantile(latencies, 0.5));
        report(Tail, Results.Quantile(latencies, 0.99));
        report(Time, time.TotalMicroseconds / latencies.Length);
    }
}
