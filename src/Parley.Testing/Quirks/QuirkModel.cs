using Parley.Server;

namespace Parley.Testing.Quirks;

/// <summary>A model with the quirks of its caller. Costs nothing without any.</summary>
/// <param name="inner">The model.</param>
/// <param name="quirks">The quirks of a caller.</param>
/// <param name="world">What the sessions know of each other.</param>
/// <param name="setup">The first message of a connection, as it was sent.</param>
/// <param name="time">The clock of the server.</param>
internal sealed class QuirkModel(ILiveModel inner, Func<LiveCaller?, QuirkSet> quirks, QuirkWorld world, Func<string, ReadOnlyMemory<byte>> setup, TimeProvider time) : ILiveModel
{
    public async ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken)
    {
        var enabled = quirks(start.Caller);
        if (enabled.Enabled.Count == 0)
            return await inner.StartAsync(start, output, cancellationToken).ConfigureAwait(false);
        var session = new QuirkSession(start, output, enabled, world, setup, time);
        await session.StartAsync(inner, cancellationToken).ConfigureAwait(false);
        return session;
    }
}
