using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.Client.Hosting;

/// <summary>The name under which a client was registered.</summary>
internal sealed record LiveClientName(string Name);

internal sealed class LiveClientFactory : ILiveClientFactory, IDisposable
{
    private readonly ConcurrentDictionary<string, LiveClient> _clients = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names;
    private readonly IOptionsMonitor<HostedLiveClientOptions> _options;
    private readonly IServiceProvider _services;
    private readonly IDisposable? _changes;

    public LiveClientFactory(IOptionsMonitor<HostedLiveClientOptions> options, IEnumerable<LiveClientName> names, IServiceProvider services)
    {
        _options = options;
        _services = services;
        _names = names.Select(static name => name.Name).ToHashSet(StringComparer.Ordinal);
        _changes = options.OnChange((_, name) => _clients.TryRemove(name ?? Options.DefaultName, out LiveClient? _));
    }

    public LiveClient CreateClient(string name = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_names.Contains(name))
        {
            throw new InvalidOperationException(
                name.Length == 0 ? "Call services.AddLiveClient() first." : $"There is no Live client \"{name}\". Call services.AddLiveClient(\"{name}\") first.");
        }
        return _clients.GetOrAdd(name, Create);
    }

    public void Dispose() => _changes?.Dispose();

    private LiveClient Create(string name)
    {
        var options = _options.Get(name);
        var own = options.Checked();
        own.LoggerFactory ??= _services.GetService<ILoggerFactory>();
        if (own.TimeProvider == TimeProvider.System)
            own.TimeProvider = _services.GetService<TimeProvider>() ?? own.TimeProvider;
        return options.AuthToken is { } token ? LiveClient.FromToken(token, own) : LiveClient.FromApiKey(options.ApiKey!, own);
    }
}
