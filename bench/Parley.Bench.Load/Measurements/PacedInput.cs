using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>Many sessions that each send an audio message every 20 ms, like microphones.</summary>
internal sealed class PacedInput(bool listening) : Measurement
{
    private static readonly TimeSpan FrameLength = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private readonly Metric _time = new(listening ? "audio in, paced, with speech detection: CPU" : "audio in, paced: CPU", "µs/message");
    private readonly Metric _allocated = new(listening ? "audio in, paced, with speech detection: allocated" : "audio in, paced: allocated", "B/message");
    private readonly Metric _rate = new(listening ? "audio in, paced, with speech detection: rate" : "audio in, paced: rate", "messages/s", HigherIsBetter: true);

    private long _sent;

    internal override string Name => listening ? "listening" : "paced";

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        var sessions = await ClientSession.StartManyAsync(server.Address, listening ? Messages.ListeningSetup : Messages.Setup, options.Sessions, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var speaking = sessions.Select((session, i) => SpeakAsync(session, i * FrameLength / sessions.Length, end.Token)).ToList();

        await Task.Delay(WarmUp, cancellationToken);
        var (_, allocatedBefore) = await server.MemoryAsync(collect: false, cancellationToken);
        var (sentBefore, started, threads) = (Interlocked.Read(ref _sent), TimeProvider.System.GetTimestamp(), server.ThreadTimes());
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
        var (time, elapsed, sent) = (server.TimeSince(threads), TimeProvider.System.GetElapsedTime(started), Interlocked.Read(ref _sent) - sentBefore);
        var (_, allocated) = await server.MemoryAsync(collect: false, cancellationToken);

        await end.CancelAsync();
        await Task.WhenAll(speaking);
        await ClientSession.StopManyAsync(sessions);
        report(_time, time.TotalMicroseconds / sent);
        report(_allocated, (double)(allocated - allocatedBefore) / sent);
        report(_rate, sent / elapsed.TotalSeconds);
    }

    private async Task SpeakAsync(ClientSession session, TimeSpan after, CancellationToken cancellationToken)
    {
        try
        {
            if (!listening)
                await session.SendAsync(Messages.ActivityStart, CancellationToken.None);
            // Create the timer after the wait, or all sessions would tick together.
            await Task.Delay(after, cancellationToken);
            using var timer = new PeriodicTimer(FrameLength);
            for (var frame = 0; await timer.WaitForNextTickAsync(cancellationToken); frame++)
            {
                // A cancelled send would abort the socket.
                await session.SendAsync(Messages.AudioFrames[frame % Messages.AudioFrames.Length], CancellationToken.None);
                Interlocked.Increment(ref _sent);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The measurement has ended.
        }
    }
}
