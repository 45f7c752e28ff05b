using Parley.Server.PostgreSql.Tests.Support;
using Parley.Server.Tests.Storage.Conformance;

namespace Parley.Server.PostgreSql.Tests;

public sealed class PostgresSessionStoreTests(PostgresCluster cluster) : SessionStoreConformance(new PostgresStores(cluster));

public sealed class PostgresTokenStoreTests(PostgresCluster cluster) : TokenStoreConformance(new PostgresStores(cluster));

public sealed class PostgresKeyStoreTests(PostgresCluster cluster) : KeyStoreConformance(new PostgresStores(cluster));

public sealed class PostgresUsageStoreTests(PostgresCluster cluster) : UsageStoreConformance(new PostgresStores(cluster));

public sealed class PostgresWebhookOutboxTests(PostgresCluster cluster) : WebhookOutboxConformance(new PostgresStores(cluster));

public sealed class PostgresAuditStoreTests(PostgresCluster cluster) : AuditStoreConformance(new PostgresStores(cluster));

public sealed class PostgresSecretStoreTests(PostgresCluster cluster) : SecretStoreConformance(new PostgresStores(cluster));

public sealed class PostgresNodeStoreTests(PostgresCluster cluster) : NodeStoreConformance(new PostgresStores(cluster));
