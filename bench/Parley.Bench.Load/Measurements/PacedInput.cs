using Parley.Bench.Load.Client;
using Parley.Cli.Load;

namespace Parley.Bench.Load.Measurements;

/// <summary>Many sessions that each send an audio message every 20 ms, like microphones.</summary>
internal sealed class PacedInput(bool listening) : Measurement
{
    private static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private readonly Metric _time = new(listening ? "audio in, paced, with speech detection: CPU" : "audio in, paced: CPU", "µs/message");
    private readonly Metric _allocated = new(listening ? "audio in, paced, with speech detection: allocated" : "audio in, paced: allocated", "B/message");
    private readonly Metric _rate = new(listening ? "audio in, paced, with speech detection: rate" : "audio in, paced: rate", "messages/s", HigherIsBetter: true);

    internal override string Name => listening ? "listening" : "paced";

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        var sessions = await ClientSession.StartManyAsync(server.Address, listening ? Messages.ListeningSetup : Messages.Setup, options.Sessions, cancellationToken);
        foreach (var session in sessions.Where(_ => !listening))
            await session.SendAsync(Messages.ActivityStart, cancellationToken);
        Exception? failure = null;
        using var wheel = new PacingWheel(TimeProvider.System, FrameLength, slots: 10, new LatencyHistogram(), exception => failure = exception);
        Array.ForEach(sessions, wheel.Add);

        if (!options.IsShort)
            await Task.Delay(WarmUp, cancellationToken);
        var (_, allocatedBefore) = await server.MemoryAsync(collect: false, cancellationToken);
        var (sentBefore, started, threads) = (Sent(), TimeProvider.System.GetTimestamp(), server.ThreadTimes());
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
        var (time, elapsed, sent) = (server.TimeSince(threads), TimeProvider.System.GetElapsedTime(started), Sent() - sentBefore);
        var (_, allocated) = await server.MemoryAsync(collect: false, cancellationToken);

        wheel.Dispose();
        if (failure is not null)
            throw new InvalidOperationException("The sessions could not be paced.", failure);
        await ClientSession.StopManyAsync(sessions);
        report(_time, time.TotalMicroseconds / sent);
        report(_allocated, (double)(allocated - allocatedBefore) / sent);
        report(_rate, sent / elapsed.TotalSeconds);

        long Sent() => sessions.Sum(static session => (long)session.AudioSent);
    }
}
