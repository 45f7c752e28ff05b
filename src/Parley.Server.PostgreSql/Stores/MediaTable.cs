using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Stores;

/// <summary>
/// Media of checkpoints, each stored once under its hash. Items that a checkpoint refers to are locked until its transaction ends, so that
/// <see cref="Sweeper"/> does not delete them; one that was deleted at the same moment fails the transaction, which is repeated. The limit counts what all
/// servers stored until the last sweep, and what this one stored since.
/// </summary>
internal sealed partial class MediaTable(IOptions<LiveApiOptions> options, ILogger<MediaTable> logger)
{
    private long _bytes;

    /// <summary>Takes the size of the table, as counted by a sweep.</summary>
    internal void Counted(long bytes) => Interlocked.Exchange(ref _bytes, bytes);

    /// <summary>Stores the items that are not stored yet, and returns the hashes of all; null for an item that is missing or exceeds the limit.</summary>
    internal async Task<byte[]?[]> KeepAsync(NpgsqlConnection connection, IReadOnlyList<ReadOnlyMemory<byte>?> media, CancellationToken cancellationToken)
    {
        var hashes = media.Select(static item => item is { } bytes ? SHA256.HashData(bytes.Span) : null).ToArray();
        var known = await LockAsync(connection, [.. hashes.OfType<byte[]>()], cancellationToken).ConfigureAwait(false);
        // In the order of their hashes: servers that store the same items must not wait for each other.
        var fresh = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < hashes.Length; i++)
        {
            if (hashes[i] is { } hash && Convert.ToHexString(hash) is var name && !known.Contains(name) && !fresh.ContainsKey(name))
            {
                if (TryReserve(media[i]!.Value.Length))
                    fresh.Add(name, i);
                else
                    hashes[i] = null;
            }
        }
        foreach (var i in fresh.Values)
        {
            await connection.ExecuteAsync(
                cancellationToken, "INSERT INTO media(hash, data) VALUES ($1, $2) ON CONFLICT DO NOTHING", Parameter(hashes[i]), Parameter(media[i]!.Value)).ConfigureAwait(false);
        }
        return hashes;
    }

    private bool TryReserve(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= options.Value.Sessions.MaxStoredMediaBytes)
            return true;
        Interlocked.Add(ref _bytes, -bytes);
        Log.Full(logger, bytes, options.Value.Sessions.MaxStoredMediaBytes);
        return false;
    }

    private static async Task<HashSet<string>> LockAsync(NpgsqlConnection connection, byte[][] hashes, CancellationToken cancellationToken)
    {
        using var command = connection.Command("SELECT hash FROM media WHERE hash = ANY($1) ORDER BY hash FOR KEY SHARE", Parameter(hashes));
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            known.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0)));
        return known;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.MediaNotStored, LogLevel.Warning, "Media not stored for resumption: {Bytes} bytes would exceed the limit of {Limit}")]
        public static partial void Full(ILogger logger, int bytes, long limit);
    }
}
