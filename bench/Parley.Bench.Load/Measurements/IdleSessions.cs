using Parley.Bench.Load.Client;

namespace Parley.Bench.Load.Measurements;

/// <summary>Sessions that send nothing after the setup.</summary>
internal sealed class IdleSessions(int count) : Measurement
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly Metric _resident = new($"{count:N0} idle sessions: resident memory", "KB/session");
    private readonly Metric _collected = new($"{count:N0} idle sessions: resident memory after a collection", "KB/session");
    private readonly Metric _managed = new($"{count:N0} idle sessions: managed memory", "KB/session");

    internal override string Name => "idle";

    protected override async Task MeasureAsync(ServerProcess server, LoadOptions options, Action<Metric, double> report, CancellationToken cancellationToken)
    {
        // Warm up with as many sessions, so that pools have grown and code is compiled.
        await ClientSession.StopManyAsync(await ClientSession.StartManyAsync(server.Address, Messages.Setup, count, cancellationToken));
        var settling = options.IsShort ? TimeSpan.FromMilliseconds(100) : Settling;
        await Task.Delay(settling, cancellationToken);
        var (managedBefore, _) = await server.MemoryAsync(collect: true, cancellationToken);
        var residentBefore = server.ResidentBytes();

        var sessions = await ClientSession.StartManyAsync(server.Address, Messages.Setup, count, cancellationToken);
        await Task.Delay(settling, cancellationToken);
        var resident = server.ResidentBytes();
        var (managed, _) = await server.MemoryAsync(collect: true, cancellationToken);
        var collected = server.ResidentBytes();

        await ClientSession.StopManyAsync(sessions);
        report(_resident, (resident - residentBefore) / 1024.0 / count);
        report(_collected, (collected - residentBefore) / 1024.0 / count);
        report(_managed, (managed - managedBefore) / 1024.0 / count);
    }
}
