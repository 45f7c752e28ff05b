using Parley.Client.Connecting;
using Parley.Client.Resumption;
using Parley.Client.Session;
using Parley.Client.Telemetry;
using Parley.Client.Tools;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Opens sessions of the Gemini Live API, or of any server that speaks it. Holds a credential and settings but no connection: create one
/// for the whole program and use it from any thread.
/// </summary>
/// <remarks>
/// For tests of an application, derive from this type and override the members the application uses; see
/// <see href="https://github.com/parley-live/parley/blob/main/docs/client.md#testing-your-application">Testing your application</see>.
/// </remarks>
public class LiveClient
{
    private readonly ClientCore? _core;

    private LiveClient(Credential credential, LiveClientOptions? options) =>
        _core = new ClientCore(credential, (options ?? new LiveClientOptions()).Checked());

    /// <summary>A client that cannot connect, for a test double: override what the application calls.</summary>
    protected LiveClient()
    {
    }

    /// <summary>Address of the service; never contains a credential.</summary>
    public virtual Uri BaseAddress => _core?.Options.BaseAddress ?? LiveClientOptions.PublicService;

    internal ClientCore Core => _core ?? throw new InvalidOperationException(
        "This LiveClient cannot connect: it was created by its protected constructor. Override the member that was called in the derived class.");

    /// <summary>Creates a client with an API key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="options">How to connect; default the public service.</param>
    /// <exception cref="ArgumentException">The key is malformed, or an option is out of range.</exception>
    public static LiveClient FromApiKey(string key, LiveClientOptions? options = null) => new(Credential.Key(key), options);

    /// <summary>Creates a client with an ephemeral token that your server created; it connects to the constrained method.</summary>
    /// <param name="authToken">The whole name, <c>auth_tokens/…</c>.</param>
    /// <param name="options">How to connect; default the public service.</param>
    /// <exception cref="ArgumentException">The token is malformed, or an option is out of range.</exception>
    public static LiveClient FromToken(string authToken, LiveClientOptions? options = null) => new(Credential.Token(authToken), options);

    /// <summary>Opens a session: connects, sends the setup and waits for the acknowledgement. Nothing can be sent before that.</summary>
    /// <param name="setup">Model, tools and settings of the session.</param>
    /// <param name="cancellationToken">Cancels connecting; has no effect on an open session.</param>
    /// <returns>The session; dispose it to close it.</returns>
    /// <exception cref="LiveConnectException">
    /// Refused, closed before the acknowledgement, unreachable, or not answered within <see cref="LiveClientOptions.SetupTimeout"/>.
    /// </exception>
    /// <exception cref="LivePreflightException">The model would refuse the setup; nothing was sent.</exception>
    /// <exception cref="ArgumentException">The setup names no model, and no token can have locked one.</exception>
    public virtual async Task<LiveSession> ConnectAsync(LiveSetup setup, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var core = Core;
        var wire = Wire(setup, core, out var profile);
        if (string.IsNullOrEmpty(wire.Model) && setup.Overrides?["model"] is null && !core.Credential.IsToken)
            throw new ArgumentException("The setup names no model. Set LiveSetup.Model; ListModelsAsync returns the available models.", nameof(setup));
        var handle = wire.SessionResumption?.Handle;
        var options = core.Options.With(wire.SessionResumption);
        var resume = new ResumeSetup(wire, options.Resumption, setup.Overrides);
        core.Preflight.Require(resume.For(handle, seeds: true), setup.Overrides);
        var (connection, isResumed) = await OpenAsync(core.Connector, resume, handle, options.Resumption, cancellationToken).ConfigureAwait(false);
        Log.Connected(core.Logger, wire.Model);
        return new LiveSession(new SessionParts(
            connection, setup, core.Credential, options, resume, core.Connector, profile, startedFresh: handle is not null && !isResumed));
    }

    /// <summary>
    /// Lists what the model of a setup will refuse or silently ignore, as far as it is known (<see cref="LiveClientOptions.Profiles"/>).
    /// Sends nothing. <see cref="ConnectAsync"/> does the same check and acts by <see cref="LiveClientOptions.Preflight"/>.
    /// </summary>
    /// <param name="setup">The setup.</param>
    /// <returns>The findings; empty if nothing is known against the setup.</returns>
    public virtual IReadOnlyList<PreflightFinding> Check(LiveSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var core = Core;
        var wire = Wire(setup, core, out _);
        var resume = new ResumeSetup(wire, core.Options.With(wire.SessionResumption).Resumption);
        return core.Preflight.Check(resume.For(wire.SessionResumption?.Handle, seeds: true), setup.Overrides);
    }

    /// <summary>Lists the models that support live sessions with this credential.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="LiveRequestException">Refused, unreachable, or not answered in time.</exception>
    public virtual Task<IReadOnlyList<LiveModelInfo>> ListModelsAsync(CancellationToken cancellationToken = default) =>
        Core.Rest.ListModelsAsync(cancellationToken);

    /// <summary>
    /// Creates an ephemeral token for a browser or device (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-ephemeral-tokens">protocol 11</see>). Requires an API key. Resuming a session does not count as a use.
    /// </summary>
    /// <param name="request">Uses, times and locked fields; default one session, to be opened within a minute.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The answer; its name is the credential for <see cref="FromToken"/>.</returns>
    /// <exception cref="LiveRequestException">Refused, unreachable, or not answered in time.</exception>
    public virtual Task<AuthTokenResponse> CreateTokenAsync(AuthTokenRequest? request = null, CancellationToken cancellationToken = default) =>
        Core.Rest.CreateTokenAsync(request ?? new AuthTokenRequest(), cancellationToken);

    /// <summary>The address; never the credential.</summary>
    public override string ToString() => _core is null
        ? GetType().Name
        : $"{nameof(LiveClient)}({BaseAddress.GetLeftPart(UriPartial.Path)}, {_core.Credential})";

    private static Setup Wire(LiveSetup setup, ClientCore core, out LiveModelProfile profile)
    {
        var wire = setup.ToWire();
        profile = core.Options.Profiles.Find(setup.Overrides?["model"]?.ToString() ?? wire.Model);
        wire.Tools = SchemaFallback.Apply(wire.Tools, profile);
        return wire;
    }

    private static async Task<(OpenedConnection Connection, bool IsResumed)> OpenAsync(
        LiveConnector connector, ResumeSetup setup, string? handle, ResumptionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await connector.OpenAsync(setup.For(handle, seeds: true), setup.Overrides, cancellationToken).ConfigureAwait(false);
            return (connection, handle is not null);
        }
        catch (LiveConnectException e) when (handle is not null && e.Advice == RetryAdvice.StartFresh && options is { Enabled: true, AllowFreshSession: true })
        {
            return (await connector.OpenAsync(setup.For(null, seeds: true), setup.Overrides, cancellationToken).ConfigureAwait(false), false);
        }
    }
}
