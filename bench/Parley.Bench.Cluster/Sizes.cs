using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server;

namespace Parley.Bench.Cluster;

/// <summary>What 1,000 sessions occupy in the database, and what they write to its log.</summary>
internal static class Sizes
{
    private const int Sessions = 1_000, Turns = 12;

    internal static async Task RunAsync(Database database, BenchOptions options, CancellationToken cancellationToken)
    {
        Table.Head("turns of each session", "state, bytes as JSON", "tables, KB a session", "log (WAL), KB a checkpoint", "CPU of the database, s for all checkpoints");
        foreach (var turns in (int[])[Turns, 5 * Turns])
        {
            var schema = database.NewSchema();
            await using var stores = database.OpenStores(schema);
            var store = stores.GetRequiredService<ISessionStore>();
            await store.FindAsync("none", 0, cancellationToken);
            var (log, cpu) = (await LogAsync(), database.Cpu());
            for (var turn = 1; turn <= turns; turn++)
            {
                await Parallel.ForAsync(
                    0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken },
                    async (session, token) => await store.SaveAsync(
                        Conversation.Checkpoint($"s{session}", turn, turn == 1, Conversation.Create(2 * turn, session)), token));
            }
            var (written, used) = (await LogAsync() - log, database.Cpu() - cpu);
            var size = (decimal)(await database.ScalarAsync(
                $"SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{schema}' AND c.relkind = 'r'",
                cancellationToken))!;
            Table.Row(
                turns.ToString(CultureInfo.InvariantCulture), Conversation.Create(2 * turns, 1).Data.Length.ToString("#,0", CultureInfo.InvariantCulture),
                Table.Number((double)size / 1024 / Sessions), Table.Number((double)written / 1024 / (Sessions * turns)), Table.Number(used.TotalSeconds));
        }

        async Task<decimal> LogAsync() => (decimal)(await database.ScalarAsync("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')", cancellationToken))!;
    }
}
