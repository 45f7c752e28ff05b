using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Secrets;

/// <summary>
/// Secrets in the database: the key ring of Data Protection in one table, and constant keys in another, encrypted with that ring. The ring is created under
/// a lock, so that servers that start together have the same.
/// </summary>
internal sealed partial class PostgresSecretStore : ISecretStore, IDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly PostgresDatabase _database;
    private readonly KeyRingTable _ring;
    private readonly ServiceProvider _services;
    private readonly bool _isSealed;
    private readonly ILogger _logger;
    private int _hasWarned;

    public PostgresSecretStore(PostgresDatabase database, IOptions<PostgresOptions> options, ILogger<PostgresSecretStore> logger)
    {
        (_database, _logger, _isSealed) = (database, logger, options.Value.MasterSecret is not null);
        _ring = new KeyRingTable(database, options.Value);
        // Apart from the services of the application, which may use Data Protection for something else.
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("Parley");
        services.Configure<KeyManagementOptions>(management => management.XmlRepository = _ring);
        _services = services.BuildServiceProvider();
        Protection = _services.GetRequiredService<IDataProtectionProvider>();
    }

    public IDataProtectionProvider Protection { get; }

    public async ValueTask<ReadOnlyMemory<byte>> GetKeyAsync(string purpose, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_keys.TryGetValue(purpose, out var known))
            return known;
        var key = await _database.RunAsync((connection, token) => LoadAsync(connection, purpose, token), cancellationToken).ConfigureAwait(false);
        return _keys.GetOrAdd(purpose, key);
    }

    public void Dispose() => _services.Dispose();

    private async Task<byte[]> LoadAsync(NpgsqlConnection connection, string purpose, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        await connection.ExecuteAsync(cancellationToken, "SET LOCAL statement_timeout = '60s'").ConfigureAwait(false);
        using (var lockRing = connection.Command("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", Parameter("parley.secrets." + _database.Schema)))
        {
            lockRing.CommandTimeout = 60;
            await lockRing.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        var resealed = await _ring.ResealAsync(connection, cancellationToken).ConfigureAwait(false);
        var protector = Protection.CreateProtector("Parley.Secrets", purpose);
        // Data Protection reads the ring, and creates it, on a connection of its own.
        var fresh = Protect(protector, RandomNumberGenerator.GetBytes(32));
        await connection.ExecuteAsync(
            cancellationToken, "INSERT INTO secrets(name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", Text(purpose), Parameter(fresh)).ConfigureAwait(false);
        var stored = await connection.ScalarAsync<byte[]>(cancellationToken, "SELECT value FROM secrets WHERE name = $1", Text(purpose)).ConfigureAwait(false);
        var key = Unprotect(protector, stored!);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        if (resealed > 0)
            Log.Resealed(_logger, resealed);
        if (!_isSealed && Interlocked.Exchange(ref _hasWarned, 1) == 0)
            Log.Unsealed(_logger, _database.Name);
        return key;
    }

    private static byte[] Protect(IDataProtector protector, byte[] secret)
    {
        try
        {
            return protector.Protect(secret);
        }
        catch (CryptographicException e) when (e.GetBaseException() is InvalidOperationException or NpgsqlException)
        {
            // Data Protection wraps what its repository throws.
            throw e.GetBaseException();
        }
    }

    private byte[] Unprotect(IDataProtector protector, byte[] stored)
    {
        try
        {
            return protector.Unprotect(stored);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException(
                $"The key ring in {_database.Name} cannot decrypt the table secrets: one of them was restored or deleted without the other. Restore both from one backup, or use another schema.", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.KeyRingUnsealed, LogLevel.Warning, "Key ring stored unencrypted in {Database}: whoever can read the database or a backup can forge tokens and handles. Set Postgres:MasterSecret")]
        public static partial void Unsealed(ILogger logger, string database);

        [LoggerMessage(EventIds.KeyRingResealed, LogLevel.Information, "Key ring encrypted with the current master secret: {Rows} rows")]
        public static partial void Resealed(ILogger logger, int rows);
    }
}
