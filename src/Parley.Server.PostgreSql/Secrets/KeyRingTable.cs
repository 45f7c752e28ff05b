using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;
using Parley.Server.PostgreSql.Database;
using static Parley.Server.PostgreSql.Database.Commands;

namespace Parley.Server.PostgreSql.Secrets;

/// <summary>
/// The key ring of Data Protection in a table, sealed with the master secret if there is one. Data Protection reads it at the first use and once a day, and
/// adds a key two days before the current one is 90 days old; it cannot wait asynchronously.
/// </summary>
internal sealed class KeyRingTable(PostgresDatabase database, PostgresOptions options) : IXmlRepository
{
    private const string All = "SELECT id, master, xml FROM key_ring ORDER BY created, id";

    private readonly MasterSecret? _current = options.MasterSecret is { } secret ? new MasterSecret(secret) : null;
    private readonly MasterSecret[] _previous = [.. options.PreviousMasterSecrets.Select(static secret => new MasterSecret(secret))];

    public IReadOnlyCollection<XElement> GetAllElements() => database.Run(connection =>
    {
        var elements = new List<XElement>();
        using var command = connection.Command(All);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            elements.Add(XElement.Parse(Encoding.UTF8.GetString(Open(reader))));
        return elements;
    });

    public void StoreElement(XElement element, string friendlyName)
    {
        var (id, xml) = (Guid.NewGuid().ToString("n"), Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)));
        database.Run(connection =>
        {
            using var command = connection.Command(
                "INSERT INTO key_ring(id, master, xml) VALUES ($1, $2, $3)", Parameter(id), Parameter(_current?.Id), Parameter(_current?.Seal(id, xml) ?? xml));
            return command.ExecuteNonQuery();
        });
    }

    /// <summary>Seals rows that are not sealed, or sealed with a previous secret, with the current one. Called under the lock of the key ring.</summary>
    /// <returns>Number of rows changed.</returns>
    /// <exception cref="InvalidOperationException">A row is sealed with a secret that is not configured, or was altered.</exception>
    internal async Task<int> ResealAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var changed = new List<(string Id, byte[] Xml)>();
        using (var command = connection.Command(All))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var xml = Open(reader);
                if (_current is not null && (reader.IsDBNull(1) || reader.GetString(1) != _current.Id))
                    changed.Add((reader.GetString(0), xml));
            }
        }
        foreach (var (id, xml) in changed)
        {
            await connection.ExecuteAsync(
                cancellationToken, "UPDATE key_ring SET master = $2, xml = $3 WHERE id = $1", Parameter(id), Parameter(_current!.Id), Parameter(_current.Seal(id, xml))).ConfigureAwait(false);
        }
        return changed.Count;
    }

    private byte[] Open(NpgsqlDataReader reader)
    {
        var (id, xml) = (reader.GetString(0), reader.GetFieldValue<byte[]>(2));
        if (reader.IsDBNull(1))
            return xml;
        var master = reader.GetString(1);
        var secret = _current?.Id == master ? _current : Array.Find(_previous, previous => previous.Id == master);
        if (secret is null)
        {
            throw new InvalidOperationException(_current is null
                ? $"The key ring in {database.Name} is encrypted with a master secret, and none is configured. Set Postgres:MasterSecret."
                : $"The key ring in {database.Name} is encrypted with another master secret. Set Postgres:MasterSecret to that one, or add it to Postgres:PreviousMasterSecrets.");
        }
        try
        {
            return secret.Open(id, xml);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException($"The key ring in {database.Name} was altered: row {id} does not match its seal. Restore the table key_ring from a backup.", e);
        }
    }
}
