using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>
/// A few sessions that send audio as fast as the server reads it: the cost of a message if many share reads and wake-ups.
/// </summary>
internal sealed class FloodedInput : Measurement
{
    private const int Sessions = 8;
    private const int WarmUpFrames = 4_000;
    private const int Frames = 8_000;

    private static readonly Metric Time = new("audio in, flooded: CPU", "µs/message");
    private static readonly Metric Rate = new("audio in, flooded: rate", "messages/s", HigherIsBetter: true);

    internal override string Name => "flooded";

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        var sessions = new ClientSession[Sessions];
        for (var i = 0; i < sessions.Length; i++)
        {
            sessions[i] = await ClientSession.StartAsync(server.Address, Messages.Setup, cancellationToken);
            await sessions[i].SendAsync(Messages.ActivityStart, cancellationToken);
        }

        var frames = options.IsShort ? Frames / 100 : Frames;
        await FloodAsync(sessions, options.IsShort ? frames : WarmUpFrames, cancellationToken);
        var (started, threads) = (TimeProvider.System.GetTimestamp(), server.ThreadTimes());
        await FloodAsync(sessions, frames, cancellationToken);
        var (time, elapsed) = (server.TimeSince(threads), TimeProvider.System.GetElapsedTime(started));

        await ClientSession.StopManyAsync(sessions);
        report(Time, time.TotalMicroseconds / (Sessions * frames));
        report(Rate, Sessions * frames / elapsed.TotalSeconds);
    }

    // The answer to the last turn shows that the server has processed all messages, not only received them.
    private static Task FloodAsync(ClientSession[] sessions, int frames, CancellationToken cancellationToken)
    {
        var turn = Messages.Turn(1);
        return Task.WhenAll(sessions.Select(session => Task.Run(
            async () =>
            {
                for (var frame = 0; frame < frames; frame++)
                    await session.SendAsync(Messages.AudioFrames[frame % Messages.AudioFrames.Length], cancellationToken);
                await session.TakeTurnAsync(turn, chunks: 1, cancellationToken);
            },
            cancellationToken)));
    }
}
