using System.Text.Json;
using Parley.Server.PostgreSql.Tests.Support;

[assembly: AssemblyFixture(typeof(Parley.Cluster.Tests.Harness.LiveCluster))]

// The tests stop and kill parts of the one cluster.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Parley.Cluster.Tests.Harness;

/// <summary>
/// PostgreSQL, three <c>parley serve --postgres</c> behind nginx, and the models that answer: <see cref="LocalModel"/> is answered by the nodes, through a chat model;
/// <see cref="RelayedModel"/> is relayed to a Live server. Everything on loopback and on free ports; every process is ended by its id.
/// </summary>
public sealed class LiveCluster : IAsyncLifetime
{
    public const string Key = "key-of-the-cluster", AdminSecret = "admin-secret-of-the-cluster-4711";
    public const string LocalModel = "gemini-2.0-flash-live-001", RelayedModel = "gemini-live-2.5-flash-preview";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-cluster-");
    private readonly LoadBalancer _balancer = new();
    private Models? _models;

    /// <summary>Address of the load balancer.</summary>
    public Uri Address => _balancer.Address;

    internal PostgresCluster Database { get; } = new();

    internal IReadOnlyList<ClusterNode> Nodes { get; private set; } = [];

    internal Pauses Pauses => _models!.Pauses;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            // What has started is not left running.
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts nodes that a test left stopped, and waits until all accept sessions.</summary>
    public async Task RestoreAsync()
    {
        Pauses.Release();
        await Task.WhenAll(Nodes.Select(static node => node.IsRunning ? node.WhenReadyAsync() : node.StartAsync()));
    }

    /// <summary>Writes the newest lines of each node to the output of the test.</summary>
    public void WriteLogs()
    {
        foreach (var node in Nodes)
            Figures.Line($"{node.Name}:\n{node.Log}");
    }

    /// <summary>Fails if a node has logged an error that is not expected.</summary>
    public void CheckLogs(params string[] expected)
    {
        var errors = Nodes.SelectMany(static node => node.TakeErrors()).Where(error => !expected.Any(text => error.Contains(text, StringComparison.Ordinal)));
        Assert.Equal([], errors.Distinct());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            node.Dispose();
        _balancer.Dispose();
        if (_models is not null)
            await _models.DisposeAsync();
        await Database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync()
    {
        await Database.InitializeAsync();
        _models = await Models.StartAsync();
        var configuration = Path.Combine(_folder.FullName, "parley.json");
        await File.WriteAllTextAsync(configuration, JsonSerializer.Serialize(new
        {
            Live = new { ApiKeys = new[] { Key }, Admin = new { Secret = AdminSecret } },
            Relay = new { LocalModels = new[] { LocalModel } },
            ChatModel = new { Provider = "openai", Endpoint = new Uri(_models.Address, "/v1"), Model = "counting" },
            Speech = new { Recognizer = new { Provider = "none" }, Detector = new { Provider = "energy" }, Synthesizer = new { Provider = "tone" } },
            Postgres = new { Database.ConnectionString, MasterSecret = "master-secret-of-the-cluster-0815" },
        }));
        var environment = new Dictionary<string, string> { ["PARLEY_UPSTREAM_URL"] = _models.Address.GetLeftPart(UriPartial.Authority), ["PARLEY_UPSTREAM_KEY"] = Models.Key };
        Nodes = [.. Enumerable.Range(1, 3).Select(number => new ClusterNode($"node-{number}", configuration, environment))];
        // They create the tables under a lock.
        await Task.WhenAll(Nodes.Select(static node => node.StartAsync()));
        await _balancer.StartAsync(Nodes.Select(static node => node.Address));
    }
}
