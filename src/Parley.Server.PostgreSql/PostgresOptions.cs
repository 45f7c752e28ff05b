namespace Parley.Server.PostgreSql;

/// <summary>Options of the stores on PostgreSQL: the configuration section <c>Postgres</c>. Read once at the start.</summary>
public sealed class PostgresOptions
{
    /// <summary>
    /// Connection string in the form of Npgsql, such as <c>Host=db;Database=parley;Username=parley;Password=…</c>. Its own settings of the pool and of timeouts
    /// take precedence over the options here. Of several hosts (<c>Host=a,b</c>) the one that takes writes is used. Connect directly, or through a pooler in
    /// session mode: <c>LISTEN</c> does not work through PgBouncer in transaction mode. Required.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Schema of the tables; created if missing. Lower-case letters, digits and underscores, at most 63. Default <c>parley</c>.</summary>
    public string Schema { get; set; } = "parley";

    /// <summary>
    /// Secret that the key ring is encrypted with, at least 32 characters; the same for all servers. Without it the key ring is stored unencrypted: whoever can
    /// read the database, or a backup of it, can forge tokens and handles. Default none.
    /// </summary>
    public string? MasterSecret { get; set; }

    /// <summary>
    /// Further secrets that the key ring may still be encrypted with. It is encrypted with <see cref="MasterSecret"/> at the next start. None by default.
    /// </summary>
    public IList<string> PreviousMasterSecrets { get; } = [];

    /// <summary>Most connections of one server to the database; one more waits for <see cref="ConnectTimeout"/>. Signals have another one. Default 20.</summary>
    public int MaxConnections { get; set; } = 20;

    /// <summary>Longest wait for a connection, new or from the pool; then the request is refused. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time of one statement, enforced by the database too; then the request is refused. Default 5 s.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
