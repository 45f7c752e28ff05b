using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Storage;

/// <summary>The snippets of docs/keys.md.</summary>
public sealed class StoragePageTests
{
    [Fact]
    public async Task Last_registered_store_is_used()
    {
        using var data = new TempFolder();
        var folder = data.Path;
        var model = new EchoModel();
        BillingUsageStore billing;
        await using (var host = await InMemoryHost.StartAsync(
            builder =>
            {
                builder.Services.AddLiveApi().UseDataFolder(folder);
                builder.Services.AddSingleton<IUsageStore, BillingUsageStore>();
                builder.Services.Configure<LiveApiOptions>(static options => options.ApiKeys.Add(LiveTestHost.Key));
                builder.Services.AddSingleton<ILiveModel>(model);
            },
            static app => app.MapLiveApi()))
        {
            billing = (BillingUsageStore)host.Services.GetRequiredService<IUsageStore>();
            await using var client = await host.OpenAsync();
        }

        Assert.Equal(1, billing.Batches.Sum(static batch => batch.Sums.Usage.Sum(static day => day.Sessions)));
        Assert.Equal(Enumerable.Range(1, billing.Batches.Count).Select(static number => (long)number), billing.Batches.Select(static batch => batch.Sequence));
    }

    [Fact]
    public async Task Store_that_is_registered_first_is_kept()
    {
        await using var host = await InMemoryHost.StartAsync(
            static builder =>
            {
                builder.Services.AddSingleton<IUsageStore, BillingUsageStore>();
                builder.Services.AddLiveApi();
                builder.Services.AddSingleton<ILiveModel>(new EchoModel());
            },
            static app => app.MapLiveApi());

        Assert.IsType<BillingUsageStore>(host.Services.GetRequiredService<IUsageStore>());
    }

    private sealed class BillingUsageStore : IUsageStore
    {
        public List<UsageBatch> Batches { get; } = [];

        public ValueTask AddAsync(UsageBatch batch, CancellationToken cancellationToken)
        {
            Batches.Add(batch);
            return default;
        }

        public ValueTask<UsageSums> LoadAsync(DateOnly firstDay, CancellationToken cancellationToken) => new(new UsageSums([], []));

        public ValueTask<IReadOnlyList<DayUsage>> FindAsync(DateOnly day, IReadOnlyCollection<string> keyIds, CancellationToken cancellationToken) => new([]);

        public ValueTask DeleteBeforeAsync(DateOnly firstDay, CancellationToken cancellationToken) => default;
    }
}
