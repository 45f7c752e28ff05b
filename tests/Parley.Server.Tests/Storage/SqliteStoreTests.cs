using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Nodes;
using Parley.Server.Sessions;
using Parley.Server.Storage;
using Parley.Server.Tests.Storage.Conformance;
using Parley.Server.Tests.Support;
using Parley.Server.Webhooks;

namespace Parley.Server.Tests.Storage;

public sealed class SqliteSessionStoreTests() : SessionStoreConformance(new SqliteStores());

public sealed class SqliteTokenStoreTests() : TokenStoreConformance(new SqliteStores());

public sealed class SqliteKeyStoreTests() : KeyStoreConformance(new SqliteStores());

public sealed class SqliteUsageStoreTests() : UsageStoreConformance(new SqliteStores());

public sealed class SqliteWebhookOutboxTests() : WebhookOutboxConformance(new SqliteStores());

public sealed class SqliteAuditStoreTests() : AuditStoreConformance(new SqliteStores());

public sealed class SqliteSecretStoreTests() : SecretStoreConformance(new SqliteStores());

/// <summary>Stores in one data folder. A folder is for one server, but its database is safe for several connections, so that two may be opened here.</summary>
internal sealed class SqliteStores : IStores
{
    private readonly TempFolder _folder = new();
    private readonly List<(LiveDatabase Database, LiveDatabaseWriter Writer)> _open = [];

    public ValueTask<StoreNode> OpenAsync(LiveApiOptions options, TimeProvider time)
    {
        var live = Options.Create(options);
        var database = new LiveDatabase(_folder.Path);
        var writer = new LiveDatabaseWriter(database, NullLogger<LiveDatabaseWriter>.Instance);
        _open.Add((database, writer));
        var sessions = new SqliteSessionStore(database, writer, live, time, NullLogger<SqliteSessionStore>.Instance);
        return new(new StoreNode(
            sessions, new SqliteTokenStore(database, writer, live, time), new SqliteKeyStore(database, writer), new SqliteUsageStore(database, writer, time),
            new StoredSecrets(database), new InMemoryNodeStore(time), new SqliteAuditStore(database, writer), new SqliteWebhookOutbox(database, writer), () => sessions.SweepAsync().AsTask()));
    }

    public ValueTask ElapseAsync(TestClock clock, TimeSpan time)
    {
        clock.Advance(time);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (database, writer) in _open)
        {
            await writer.DisposeAsync();
            database.Dispose();
        }
        _folder.Dispose();
    }
}
