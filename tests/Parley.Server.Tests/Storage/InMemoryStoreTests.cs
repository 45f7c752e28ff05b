using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Nodes;
using Parley.Server.Sessions;
using Parley.Server.Storage;
using Parley.Server.Tests.Storage.Conformance;
using Parley.Server.Webhooks;

namespace Parley.Server.Tests.Storage;

public sealed class InMemorySessionStoreTests() : SessionStoreConformance(new InMemoryStores());

public sealed class InMemoryTokenStoreTests() : TokenStoreConformance(new InMemoryStores());

public sealed class InMemoryKeyStoreTests() : KeyStoreConformance(new InMemoryStores());

public sealed class InMemoryUsageStoreTests() : UsageStoreConformance(new InMemoryStores());

public sealed class InMemorySecretStoreTests() : SecretStoreConformance(new InMemoryStores());

public sealed class InMemoryWebhookOutboxTests() : WebhookOutboxConformance(new InMemoryStores());

public sealed class InMemoryAuditStoreTests() : AuditStoreConformance(new InMemoryStores());

public sealed class InMemoryNodeStoreTests() : NodeStoreConformance(new InMemoryStores());

/// <summary>Stores in the memory of one server.</summary>
internal sealed class InMemoryStores : IStores
{
    private StoreNode? _node;

    public ValueTask<StoreNode> OpenAsync(LiveApiOptions options, TimeProvider time)
    {
        var live = Options.Create(options);
        return new(_node ??= new StoreNode(
            new InMemorySessionStore(live, time), new InMemoryTokenStore(live, time), new InMemoryKeyStore(), new InMemoryUsageStore(), new EphemeralSecrets(),
            new InMemoryNodeStore(time), new InMemoryAuditStore(), new InMemoryWebhookOutbox(), static () => Task.CompletedTask));
    }

    public ValueTask ElapseAsync(TestClock clock, TimeSpan time)
    {
        clock.Advance(time);
        return default;
    }

    public ValueTask DisposeAsync() => default;
}
