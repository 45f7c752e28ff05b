using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Parley.Server.PostgreSql.Database;

namespace Parley.Server.PostgreSql.Nodes;

/// <summary>
/// Listens for signals on a connection of its own, which is not of the pool. When nothing arrives for <see cref="CheckInterval"/>, a query finds out whether the
/// database still answers: a connection whose other end has vanished is otherwise silent for ever.
/// </summary>
internal sealed partial class SignalListener(PostgresDatabase database, ILogger<SignalListener> logger)
{
    internal static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(3);

    private const int LongestCheckSeconds = 2;

    internal async IAsyncEnumerable<NodeSignal> ListenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.OpenListenerAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        // Raised while the connection is used below, not on another thread.
        var received = new Queue<NodeSignal>();
        connection.Notification += (_, notification) =>
        {
            if (SignalPayload.Decode(notification.Payload) is { } signal)
                received.Enqueue(signal);
        };
        // The name of a schema needs no quotes.
        await RunAsync(token => connection.ExecuteAsync(token, $"LISTEN {database.Schema}"), cancellationToken).ConfigureAwait(false);
        yield return new NodeSignal(NodeSignalKind.Listening, "");
        while (true)
        {
            while (received.TryDequeue(out var signal))
                yield return signal;
            await RunAsync(
                async token =>
                {
                    if (await connection.WaitAsync(CheckInterval, token).ConfigureAwait(false))
                        return;
                    using var check = connection.Command("SELECT 1");
                    check.CommandTimeout = LongestCheckSeconds;
                    await check.ExecuteNonQueryAsync(token).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(Func<CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        try
        {
            await operation(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresDatabase.IsOfDatabase(e) && !cancellationToken.IsCancellationRequested)
        {
            Log.Lost(logger, database.Name, e.Message);
            throw new StorageException($"{database.Name}: {e.Message}", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SignalsLost, LogLevel.Warning, "Connection for signals lost: {Database}, {Reason}")]
        public static partial void Lost(ILogger logger, string database, string reason);
    }
}
