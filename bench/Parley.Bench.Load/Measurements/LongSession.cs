using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>
/// One session of thousands of turns with a context window that is full most of the time: the cost per turn must not grow.
/// </summary>
internal sealed class LongSession : Measurement
{
    private const int Tenths = 10;

    // The median of these blocks represents its tenth, which excludes moments of other load on the machine.
    private const int BlocksPerTenth = 10;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    private static readonly Metric First = new("long session, first tenth: CPU", "µs/turn");
    private static readonly Metric Second = new("long session, second tenth: CPU", "µs/turn");
    private static readonly Metric Last = new("long session, last tenth: CPU", "µs/turn");
    private static readonly Metric Growth = new("long session, last tenth / first tenth", "");

    // The window fills during the first tenth; after that it is full.
    private static readonly Metric GrowthWhenFull = new("long session, last tenth / second tenth", "");

    internal override string Name => "long";

    protected override string VerbOf(Target target) => target == Target.Parley ? "parley --default-model" : base.VerbOf(target);

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        // Warm up for as long as compilation may take on a busy machine, so that it does not count as cost of the first tenth.
        for (var started = TimeProvider.System.GetTimestamp(); !options.IsShort && TimeProvider.System.GetElapsedTime(started) < WarmUp;)
            await TenthsAsync(server, options.Turns, cancellationToken);
        var tenths = await TenthsAsync(server, options.Turns, cancellationToken);
        report(First, tenths[0]);
        report(Second, tenths[1]);
        report(Last, tenths[^1]);
        report(Growth, tenths[^1] / tenths[0]);
        report(GrowthWhenFull, tenths[^1] / tenths[1]);
    }

    private static async Task<double[]> TenthsAsync(ServerProcess server, int turns, CancellationToken cancellationToken)
    {
        await using var session = await ClientSession.StartAsync(server.Address, Messages.TextSetup, cancellationToken);
        var turn = Messages.Turn(0);
        var perBlock = turns / (Tenths * BlocksPerTenth);
        var tenths = new double[Tenths];
        for (var tenth = 0; tenth < Tenths; tenth++)
        {
            var blocks = new double[BlocksPerTenth];
            for (var block = 0; block < BlocksPerTenth; block++)
            {
                var threads = server.ThreadTimes();
                for (var i = 0; i < perBlock; i++)
                    await session.TakeTurnAsync(turn, chunks: 0, cancellationToken);
                blocks[block] = server.TimeSince(threads).TotalMicroseconds / perBlock;
            }
            tenths[tenth] = Results.Quantile(blocks, 0.5);
        }
        return tenths;
    }
}
