using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Extensions.AI.Mapping;

namespace Parley.Extensions.AI;

/// <summary>
/// <see cref="LiveClient"/> as an <see cref="IRealtimeClient"/>. Holds no connection; use it from any thread. The setup is
/// <see cref="RealtimeSessionOptions"/> on top of <see cref="LiveRealtimeClientOptions.Setup"/>; for what the options have no member for,
/// let <see cref="RealtimeSessionOptions.RawRepresentationFactory"/> return a <see cref="LiveSetup"/>.
/// </summary>
public sealed class LiveRealtimeClient : IRealtimeClient
{
    internal const string ProviderName = "gcp.gemini";

    private readonly LiveClient _client;
    private readonly LiveSetup _setup;
    private readonly bool _encodeAudio;

    /// <summary>Creates a realtime client.</summary>
    /// <param name="client">The client that connects; not disposed, because it has nothing to dispose.</param>
    /// <param name="options">Settings of every session; default the model's own values.</param>
    public LiveRealtimeClient(LiveClient client, LiveRealtimeClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        options ??= new LiveRealtimeClientOptions();
        ArgumentNullException.ThrowIfNull(options.Setup);
        _client = client;
        _setup = options.Setup;
        _encodeAudio = options.EncodeAudio;
    }

    /// <summary>Opens a session; its setup is complete when the task completes.</summary>
    /// <param name="options">Settings of the session; what the Live API does not support is refused, not ignored.</param>
    /// <param name="cancellationToken">Cancels connecting; has no effect on an open session.</param>
    /// <exception cref="NotSupportedException">The options contain something the Live API does not support.</exception>
    /// <exception cref="ArgumentException">
    /// The options name no model, or the raw representation is not a <see cref="LiveSetup"/>.
    /// </exception>
    /// <exception cref="LiveConnectException">Refused, unreachable, or not answered in time.</exception>
    public async Task<IRealtimeClientSession> CreateSessionAsync(RealtimeSessionOptions? options = null, CancellationToken cancellationToken = default)
    {
        var setup = SetupMapping.ToSetup(options, _setup);
        var session = await _client.ConnectAsync(setup, cancellationToken).ConfigureAwait(false);
        return new LiveRealtimeClientSession(session, setup, options, Metadata(setup.Model), _encodeAudio);
    }

    /// <summary>This client, its <see cref="LiveClient"/>, or <see cref="ChatClientMetadata"/> for telemetry.</summary>
    /// <param name="serviceType">The requested type.</param>
    /// <param name="serviceKey">Must be null: no service has a key.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_client) ? _client
            : serviceType == typeof(ChatClientMetadata) ? Metadata(_setup.Model)
            : null;
    }

    /// <summary>Frees nothing: each session stays open until it is disposed.</summary>
    public void Dispose()
    {
    }

    private ChatClientMetadata Metadata(string? model) => new(ProviderName, _client.BaseAddress, model);
}
