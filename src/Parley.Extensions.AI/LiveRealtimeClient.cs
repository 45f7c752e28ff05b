using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Extensions.AI.Mapping;

namespace Parley.Extensions.AI;

/// <summary>
/// <see cref="LiveClient"/> as an <see cref="IRealtimeClient"/>. Holds no connection; use it from any thread. Setup is
/// <see cref="RealtimeSessionOptions"/> on top of <see cref="LiveRealtimeClientOptions.Setup"/>; what the options have no member for comes from
/// <see cref="RealtimeSessionOptions.RawRepresentationFactory"/>, which may give a <see cref="LiveSetup"/>.
/// </summary>
public sealed class LiveRealtimeClient : IRealtimeClient
{
    internal const string ProviderName = "gcp.gemini";

    private readonly LiveClient _client;
    private readonly LiveSetup _setup;
    private readonly bool _encodeAudio;

    /// <summary>A realtime client over a client.</summary>
    /// <param name="client">Who connects; not disposed, it has nothing to dispose.</param>
    /// <param name="options">What holds for every session; default the model's own values.</param>
    public LiveRealtimeClient(LiveClient client, LiveRealtimeClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        options ??= new LiveRealtimeClientOptions();
        ArgumentNullException.ThrowIfNull(options.Setup);
        _client = client;
        _setup = options.Setup;
        _encodeAudio = options.EncodeAudio;
    }

    /// <summary>Opens a session: it is set up when the task ends.</summary>
    /// <param name="options">What the session is to be; what the Live API cannot do is refused, not ignored.</param>
    /// <param name="cancellationToken">Gives up; has no effect on a session that is open.</param>
    /// <exception cref="NotSupportedException">The options ask for something the Live API does not have.</exception>
    /// <exception cref="ArgumentException">No model is named, or the raw representation is no <see cref="LiveSetup"/>.</exception>
    /// <exception cref="LiveConnectException">Refused, unreachable, or not answered in time.</exception>
    public async Task<IRealtimeClientSession> CreateSessionAsync(RealtimeSessionOptions? options = null, CancellationToken cancellationToken = default)
    {
        var setup = SetupMapping.ToSetup(options, _setup);
        var session = await _client.ConnectAsync(setup, cancellationToken).ConfigureAwait(false);
        return new LiveRealtimeClientSession(session, setup, options, Metadata(setup.Model), _encodeAudio);
    }

    /// <summary>This client, its <see cref="LiveClient"/>, or <see cref="ChatClientMetadata"/> for telemetry.</summary>
    /// <param name="serviceType">What is asked for.</param>
    /// <param name="serviceKey">No service has a key.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_client) ? _client
            : serviceType == typeof(ChatClientMetadata) ? Metadata(_setup.Model)
            : null;
    }

    /// <summary>Nothing to free: sessions live on until they are disposed themselves.</summary>
    public void Dispose()
    {
    }

    private ChatClientMetadata Metadata(string? model) => new(ProviderName, _client.BaseAddress, model);
}
