using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Client.Connecting;
using Parley.Client.Profiles;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// The way into the Gemini Live API, or into any server that speaks it. Holds a credential and settings, no connection: keep one for the
/// whole program, use it from any thread.
/// </summary>
public sealed class LiveClient
{
    private static readonly HttpMessageInvoker SharedInvoker = new(
        new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    private readonly LiveClientOptions _options;
    private readonly Credential _credential;
    private readonly LiveConnector _connector;
    private readonly RestClient _rest;
    private readonly Preflight _preflight;
    private readonly ILogger _logger;

    private LiveClient(Credential credential, LiveClientOptions? options)
    {
        _credential = credential;
        _options = (options ?? new LiveClientOptions()).Checked();
        _logger = _options.LoggerFactory?.CreateLogger<LiveClient>() ?? NullLogger<LiveClient>.Instance;
        Endpoints = new Endpoints(_options.BaseAddress, _options.ApiVersion);
        Invoker = _options.Invoker ?? SharedInvoker;
        _connector = new LiveConnector(credential, Endpoints, Invoker, _options, _logger);
        _preflight = new Preflight(_options, _logger);
        _rest = new RestClient(credential, Endpoints, Invoker, _options);
    }

    /// <summary>Address of the service; never a credential.</summary>
    public Uri BaseAddress => _options.BaseAddress;

    internal LiveClientOptions Options => _options;

    internal Credential Credential => _credential;

    internal Endpoints Endpoints { get; }

    internal HttpMessageInvoker Invoker { get; }

    /// <summary>A client with an API key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="options">How to connect; default the public service.</param>
    /// <exception cref="ArgumentException">The key cannot be one, or an option is out of range.</exception>
    public static LiveClient FromApiKey(string key, LiveClientOptions? options = null) => new(Credential.Key(key), options);

    /// <summary>A client with an ephemeral token, which some server of yours created; it connects to the constrained method.</summary>
    /// <param name="authToken">The whole name, <c>auth_tokens/…</c>.</param>
    /// <param name="options">How to connect; default the public service.</param>
    /// <exception cref="ArgumentException">The token cannot be one, or an option is out of range.</exception>
    public static LiveClient FromToken(string authToken, LiveClientOptions? options = null) => new(Credential.Token(authToken), options);

    /// <summary>Opens a session: connects, sends the setup and waits for its acknowledgement. Nothing can be sent before that.</summary>
    /// <param name="setup">What the session is to be.</param>
    /// <param name="cancellationToken">Gives up; has no effect on a session that is open.</param>
    /// <returns>The session; dispose it to hang up.</returns>
    /// <exception cref="LiveConnectException">
    /// Refused, closed before the acknowledgement, unreachable, or not answered within <see cref="LiveClientOptions.SetupTimeout"/>.
    /// </exception>
    /// <exception cref="LivePreflightException">The model would refuse the setup; nothing was sent.</exception>
    /// <exception cref="ArgumentException">The setup names no model, and no token can have locked one.</exception>
    public async Task<LiveSession> ConnectAsync(LiveSetup setup, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var wire = setup.ToWire();
        if (string.IsNullOrEmpty(wire.Model) && setup.Overrides?["model"] is null && !_credential.IsToken)
            throw new ArgumentException("Set LiveSetup.Model; ListModelsAsync names the models there are.", nameof(setup));
        var handle = wire.SessionResumption?.Handle;
        var options = _options.With(wire.SessionResumption);
        var resume = new ResumeSetup(wire, options.Resumption, setup.Overrides);
        _preflight.Require(resume.For(handle, seeds: true), setup.Overrides);
        var (connection, isResumed) = await OpenAsync(resume, handle, options.Resumption, cancellationToken).ConfigureAwait(false);
        Log.Connected(_logger, wire.Model);
        var profile = options.Profiles.Find(setup.Overrides?["model"]?.ToString() ?? wire.Model);
        return new LiveSession(connection, setup, _credential, options, resume, _connector, profile, startedFresh: handle is not null && !isResumed);
    }

    /// <summary>
    /// What the model of a setup will refuse or silently ignore, as far as it is known (<see cref="LiveClientOptions.Profiles"/>). Sends nothing.
    /// <see cref="ConnectAsync"/> looks by itself and acts by <see cref="LiveClientOptions.Preflight"/>.
    /// </summary>
    /// <param name="setup">The setup.</param>
    /// <returns>The findings; none where nothing is known against it.</returns>
    public IReadOnlyList<PreflightFinding> Check(LiveSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var wire = setup.ToWire();
        var resume = new ResumeSetup(wire, _options.With(wire.SessionResumption).Resumption);
        return _preflight.Check(resume.For(wire.SessionResumption?.Handle, seeds: true), setup.Overrides);
    }

    /// <summary>The models that can hold live sessions with this credential.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LiveRequestException">Refused, unreachable, or not answered in time.</exception>
    public Task<IReadOnlyList<LiveModelInfo>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        _rest.ListModelsAsync(cancellationToken);

    /// <summary>
    /// Creates an ephemeral token for a browser or device (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-ephemeral-tokens">protocol 11</see>). Needs an API key. A token needs no new use to resume.
    /// </summary>
    /// <param name="request">Uses, times and what is locked; default one session, to be opened within a minute.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; its name is the credential for <see cref="FromToken"/>.</returns>
    /// <exception cref="LiveRequestException">Refused, unreachable, or not answered in time.</exception>
    public Task<AuthTokenResponse> CreateTokenAsync(AuthTokenRequest? request = null, CancellationToken cancellationToken = default) =>
        _rest.CreateTokenAsync(request ?? new AuthTokenRequest(), cancellationToken);

    private async Task<(OpenedConnection Connection, bool IsResumed)> OpenAsync(
        ResumeSetup setup, string? handle, ResumptionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _connector.OpenAsync(setup.For(handle, seeds: true), setup.Overrides, cancellationToken).ConfigureAwait(false);
            return (connection, handle is not null);
        }
        catch (LiveConnectException e) when (handle is not null && e.Advice == RetryAdvice.StartFresh && options is { Enabled: true, AllowFreshSession: true })
        {
            return (await _connector.OpenAsync(setup.For(null, seeds: true), setup.Overrides, cancellationToken).ConfigureAwait(false), false);
        }
    }

    /// <summary>The address; never the credential.</summary>
    public override string ToString() => $"{nameof(LiveClient)}({_options.BaseAddress.GetLeftPart(UriPartial.Path)}, {_credential})";
}
