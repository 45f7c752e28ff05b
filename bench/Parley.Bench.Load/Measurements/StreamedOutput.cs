using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>Sessions that receive long answers as fast as the client reads them.</summary>
internal sealed class StreamedOutput : Measurement
{
    private const int Sessions = 16;
    private const int Chunks = 250;
    private const int WarmUpTurns = 60;
    private const int Turns = 40;

    private static readonly Metric Time = new("audio out, streamed: CPU", "µs/message");
    private static readonly Metric Allocated = new("audio out, streamed: allocated", "B/message");
    private static readonly Metric Rate = new("audio out, streamed: rate", "messages/s", HigherIsBetter: true);

    internal override string Name => "streamed";

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        var sessions = new ClientSession[Sessions];
        for (var i = 0; i < sessions.Length; i++)
            sessions[i] = await ClientSession.StartAsync(server.Address, Messages.Setup, cancellationToken);

        await ListenAsync(sessions, options.IsShort ? 1 : WarmUpTurns, cancellationToken);
        var (_, allocatedBefore) = await server.MemoryAsync(collect: false, cancellationToken);
        var (started, threads) = (TimeProvider.System.GetTimestamp(), server.ThreadTimes());
        var turns = options.IsShort ? 1 : Turns;
        await ListenAsync(sessions, turns, cancellationToken);
        var (time, elapsed) = (server.TimeSince(threads), TimeProvider.System.GetElapsedTime(started));
        var (_, allocated) = await server.MemoryAsync(collect: false, cancellationToken);

        await ClientSession.StopManyAsync(sessions);
        var sent = Sessions * turns * Chunks;
        report(Time, time.TotalMicroseconds / sent);
        report(Allocated, (double)(allocated - allocatedBefore) / sent);
        report(Rate, sent / elapsed.TotalSeconds);
    }

    private static Task ListenAsync(ClientSession[] sessions, int turns, CancellationToken cancellationToken)
    {
        var turn = Messages.Turn(Chunks);
        return Task.WhenAll(sessions.Select(async session =>
        {
            for (var i = 0; i < turns; i++)
                await session.TakeTurnAsync(turn, Chunks, cancellationToken);
        }));
    }
}
