using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>
/// Short sessions of ten text turns, as in a test suite: setup and end included. Compared with aimock, a test double for the Live API under Node.js, which has no model to run.
/// </summary>
internal sealed class TextSessions : Measurement
{
    private const int Turns = 10;
    private const int Sessions = 200;

    private static readonly Metric Time = new("text turn, ten in a session, yardstick aimock: CPU", "µs/turn");
    private static readonly Metric Elapsed = new("text turn, ten in a session, yardstick aimock: time", "µs/turn");

    internal override string Name => "text";

    internal override bool Concerns(Target target, LoadOptions options) =>
        target == Target.Parley || Directory.Exists(Path.Combine(options.NodeModules, "@copilotkit", "aimock"));

    protected override Task<ServerProcess> StartAsync(Target target, LoadOptions options, CancellationToken cancellationToken) => target == Target.Parley
        ? ServerProcess.StartAsync("parley --default-model", cancellationToken)
        : ServerProcess.StartNodeAsync([Path.Combine(AppContext.BaseDirectory, "aimock.mjs"), Path.GetFullPath(options.NodeModules)], cancellationToken);

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        var sessions = options.IsShort ? 2 : Sessions;
        // Until the compiler has seen everything often enough.
        await TalkAsync(server, options.IsShort ? 1 : 3 * sessions, cancellationToken);
        var (started, threads) = (TimeProvider.System.GetTimestamp(), server.ThreadTimes());
        await TalkAsync(server, sessions, cancellationToken);
        var turns = sessions * Turns;
        report(Time, server.TimeSince(threads).TotalMicroseconds / turns);
        report(Elapsed, TimeProvider.System.GetElapsedTime(started).TotalMicroseconds / turns);
    }

    private static async Task TalkAsync(ServerProcess server, int sessions, CancellationToken cancellationToken)
    {
        for (var i = 0; i < sessions; i++)
        {
            await using var session = await ClientSession.StartAsync(server.Address, Messages.TextSetup, cancellationToken);
            for (var turn = 0; turn < Turns; turn++)
                await session.TakeTurnAsync(Messages.Question, chunks: 0, cancellationToken);
        }
    }
}
