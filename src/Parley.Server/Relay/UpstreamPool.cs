using Microsoft.Extensions.Options;
using Parley.Server.Wire;

namespace Parley.Server.Relay;

/// <summary>The upstreams in order of preference, and which of them are cooling down after a failure.</summary>
internal sealed class UpstreamPool
{
    private readonly Upstream[] _upstreams;
    private readonly TimeProvider _time;
    private readonly TimeSpan _coolDown;

    public UpstreamPool(IOptions<RelayOptions> options, TimeProvider time)
    {
        (_time, _coolDown) = (time, options.Value.CoolDown);
        _upstreams = [.. options.Value.Upstreams.Select(upstream => new Upstream(upstream, Secrets))];
    }

    /// <summary>The keys that were sent to upstreams.</summary>
    internal UpstreamSecrets Secrets { get; } = new();

    internal IReadOnlyList<Upstream> All => _upstreams;

    /// <summary>The upstreams to try for a new session: available ones in their order, then those cooling down, shortest wait first.</summary>
    internal IEnumerable<Upstream> Candidates()
    {
        var now = _time.GetTimestamp();
        return _upstreams.OrderBy(upstream => Math.Max(0, upstream.CoolingDownUntil - now)).ToArray();
    }

    /// <summary>The upstream that a handle is bound to; null if it is no longer configured.</summary>
    internal Upstream? Find(string id) => Array.Find(_upstreams, upstream => upstream.Id == id);

    internal void StartCoolDown(Upstream upstream) =>
        upstream.CoolingDownUntil = _time.GetTimestamp() + (long)(_coolDown.TotalSeconds * _time.TimestampFrequency);

    internal static void EndCoolDown(Upstream upstream) => upstream.CoolingDownUntil = 0;

    internal int CountCoolingDown()
    {
        var now = _time.GetTimestamp();
        return _upstreams.Count(upstream => upstream.CoolingDownUntil > now);
    }
}

/// <summary>One address with one key.</summary>
internal sealed class Upstream(UpstreamOptions options, UpstreamSecrets secrets)
{
    private long _coolingDownUntil;

    internal string Id { get; } = UpstreamId.Of(options);

    internal UpstreamOptions Options => options;

    internal UpstreamSecrets Secrets => secrets;

    /// <summary>Timestamp until which other upstreams are preferred.</summary>
    internal long CoolingDownUntil
    {
        get => Volatile.Read(ref _coolingDownUntil);
        set => Volatile.Write(ref _coolingDownUntil, value);
    }

    /// <summary>The WebSocket URL for an API version.</summary>
    internal Uri Address(string version)
    {
        var scheme = options.Url.Scheme is "http" or "ws" ? "ws" : "wss";
        var path = options.Url.AbsolutePath is "" or "/" ? LiveRoutes.Socket(options.ApiVersion ?? version) : options.Url.AbsolutePath;
        return new UriBuilder(options.Url) { Scheme = scheme, Port = options.Url.IsDefaultPort ? -1 : options.Url.Port, Path = path }.Uri;
    }

    /// <exception cref="IOException">The key file cannot be read.</exception>
    internal string Key()
    {
        var key = options.KeyFile is { Length: > 0 } file ? File.ReadAllText(file).Trim() : options.Key!;
        secrets.Add(key);
        return key;
    }
}
