using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Server.Access;
using Parley.Server.Nodes;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Endpoints;

/// <summary>Servers in this process that share their stores, with the admin API of each.</summary>
internal sealed class AdminCluster : IAsyncDisposable
{
    private const string Secret = "the-secret-of-the-operator";

    private readonly Dictionary<string, (InMemoryHost Host, EchoModel Model, HttpClient Admin)> _nodes = new(StringComparer.Ordinal);
    private readonly INodeStore _nodeStore;
    private readonly IKeyStore _keyStore;
    private readonly IUsageStore _usageStore;

    private AdminCluster()
    {
        Nodes = new InMemoryNodeStore(Time);
        _nodeStore = SharedStore.Create<INodeStore>(Nodes, this);
        _keyStore = SharedStore.Create<IKeyStore>(new InMemoryKeyStore(), this);
        _usageStore = SharedStore.Create<IUsageStore>(new InMemoryUsageStore(), this);
    }

    public TestClock Time { get; } = new();

    /// <summary>The store of the nodes; works also while <see cref="IsAway"/>.</summary>
    public InMemoryNodeStore Nodes { get; }

    /// <summary>All stores fail.</summary>
    public bool IsAway { get; set; }

    /// <summary>How often a method of a store was called, by its name.</summary>
    public Dictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);

    public static Task<AdminCluster> StartAsync(params string[] names) => StartAsync(static _ => { }, names);

    public static async Task<AdminCluster> StartAsync(Action<LiveApiOptions> configure, params string[] names)
    {
        var cluster = new AdminCluster();
        foreach (var name in names)
            await cluster.AddAsync(name, configure);
        return cluster;
    }

    public InMemoryHost Host(string node) => _nodes[node].Host;

    public EchoModel Model(string node) => _nodes[node].Model;

    /// <summary>The id of a node, as it lists it itself.</summary>
    public async Task<string> IdOfAsync(string node) =>
        (await SendAsync(node, HttpMethod.Get, "status", HttpStatusCode.OK)).GetProperty("nodeId").GetString()!;

    public async Task<(string Id, string Secret)> CreateKeyAsync(string node, string body = """{"name":"site"}""")
    {
        var created = await SendAsync(node, HttpMethod.Post, "keys", HttpStatusCode.Created, body);
        return (created.GetProperty("key").GetProperty("id").GetString()!, created.GetProperty("secret").GetString()!);
    }

    public async Task<JsonElement> SendAsync(string node, HttpMethod method, string path, HttpStatusCode expected, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri("/admin/" + path, UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _nodes[node].Admin.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>Gets a list: the entries of its only array.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string node, string path) =>
        [.. (await SendAsync(node, HttpMethod.Get, path, HttpStatusCode.OK)).GetProperty(path).EnumerateArray()];

    /// <summary>Lets every node renew itself, store its usage, and read what has changed.</summary>
    public Task RenewAsync() => Time.AdvanceAsync(INodeStore.RenewalInterval, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var (host, _, admin) in _nodes.Values)
        {
            admin.Dispose();
            await host.DisposeAsync();
        }
    }

    private async Task AddAsync(string name, Action<LiveApiOptions> configure)
    {
        var model = new EchoModel();
        var host = await LiveTestHost.StartAsync(
            model,
            options =>
            {
                configure(options);
                (options.NodeName, options.Admin.Secret) = (name.Split('#')[0], Secret);
            },
            Time,
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton(_nodeStore));
                services.Replace(ServiceDescriptor.Singleton(_keyStore));
                services.Replace(ServiceDescriptor.Singleton(_usageStore));
            },
            app: static app => app.MapLiveAdmin());
        var admin = host.CreateClient();
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
        _nodes[name] = (host, model, admin);
    }

#pragma warning disable CA1852 // The proxy derives from it.
    private class SharedStore : DispatchProxy
#pragma warning restore CA1852
    {
        private object _inner = null!;
        private AdminCluster _cluster = null!;

        public static T Create<T>(T inner, AdminCluster cluster)
            where T : class
        {
            var store = Create<T, SharedStore>();
            ((SharedStore)(object)store)._inner = inner;
            ((SharedStore)(object)store)._cluster = cluster;
            return store;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (_cluster.IsAway)
                throw new StorageException("The database is away.");
            lock (_cluster.Calls)
                _cluster.Calls[targetMethod!.Name] = _cluster.Calls.GetValueOrDefault(targetMethod.Name) + 1;
            var result = targetMethod.Invoke(_inner, args);
            return targetMethod.Name is nameof(IKeyStore.SetLimitsAsync) or nameof(IKeyStore.RevokeAsync)
                ? new ValueTask<bool>(SignalAsync((ValueTask<bool>)result!, (string)args![0]!))
                : result;
        }

        // As a store of several servers does.
        private async Task<bool> SignalAsync(ValueTask<bool> changed, string keyId)
        {
            await _cluster.Nodes.SignalAsync(new NodeSignal(NodeSignalKind.KeyChanged, keyId), CancellationToken.None);
            return await changed;
        }
    }
}
