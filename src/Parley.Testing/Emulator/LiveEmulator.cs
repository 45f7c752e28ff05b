using System.Net.Sockets;
using Parley.Testing.Emulator;

namespace Parley.Testing;

/// <summary>
/// Scripted servers on one port of loopback, for tests in any language: the key of a client selects its scenario, and an HTTP API controls them
/// (<see href="https://github.com/parley-live/parley/blob/main/docs/scenarios.md#control-api">docs/scenarios.md</see>). <c>parley emulator</c> runs one.
/// Tests in .NET use <see cref="LiveTestServer"/>.
/// </summary>
public sealed class LiveEmulator : IAsyncDisposable
{
    internal const string ControlPath = "/_parley";

    private readonly EmulatorSpaces _spaces;
    private readonly InMemoryHost _control;
    private readonly EmulatorPort _port;
    private readonly EmulatorTls? _tls;

    private LiveEmulator(EmulatorSpaces spaces, InMemoryHost control, EmulatorPort port, EmulatorTls? tls) =>
        (_spaces, _control, _port, _tls) = (spaces, control, port, tls);

    /// <summary>The base URL for clients, such as <c>http://127.0.0.1:40123/</c>; <c>https:</c> with <see cref="LiveEmulatorOptions.Tls"/>.</summary>
    public Uri BaseAddress => _port.Address;

    /// <summary>
    /// The PEM file of the CA that clients must trust, with <see cref="LiveEmulatorOptions.Tls"/>; null without. Only this user may read it, and it is deleted when
    /// the emulator ends. What it signed is valid for seven days.
    /// </summary>
    public string? CaFile => _tls?.CaFile;

    /// <summary>The base URL of the control API.</summary>
    public Uri ControlAddress => new(BaseAddress, ControlPath);

    /// <summary>The key of the first scenario.</summary>
    public string ApiKey => _spaces.Default.Key;

    /// <summary>The keys of all spaces.</summary>
    public IReadOnlyList<string> ApiKeys => [.. _spaces.All.Select(static space => space.Key)];

    /// <summary>Starts an emulator.</summary>
    /// <param name="configure">Changes the options; null = the defaults.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ArgumentException">Two scenarios have the same name.</exception>
    /// <exception cref="SocketException">The port is in use.</exception>
    /// <exception cref="IOException">The file of the CA cannot be written.</exception>
    public static async Task<LiveEmulator> StartAsync(Action<LiveEmulatorOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new LiveEmulatorOptions();
        configure?.Invoke(options);
        var spaces = new EmulatorSpaces(options);
        InMemoryHost? control = null;
        EmulatorTls? tls = null;
        try
        {
            await AddAsync(spaces, options, cancellationToken).ConfigureAwait(false);
            Uri? address = null;
            var endpoints = new ControlEndpoints(spaces, options, () => address!);
            control = await InMemoryHost.StartAsync(static _ => { }, endpoints.Map, cancellationToken: cancellationToken).ConfigureAwait(false);
            tls = options.Tls ? new EmulatorTls() : null;
            var port = new EmulatorPort(options.Port, spaces, control, tls);
            address = port.Address;
            return new LiveEmulator(spaces, control, port, tls);
        }
        catch
        {
            tls?.Dispose();
            if (control is not null)
                await control.DisposeAsync().ConfigureAwait(false);
            await spaces.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Checks that every scenario that a client has connected to was followed.</summary>
    /// <param name="cancellationToken">Cancels the wait for the servers to become idle.</param>
    /// <exception cref="ExpectationException">One was not, or no client has connected; the message lists what is missing.</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken = default)
    {
        if (!_port.HasConnected)
            throw new ExpectationException($"No client has connected to {BaseAddress}.{(_port.Refusal is { } refusal ? " " + refusal : "")}");
        var reports = new List<string>();
        foreach (var space in _spaces.All.Where(static space => space.Server.Journal.Connections > 0 || space.Errors.Count > 0))
        {
            if (await space.VerifyAsync(cancellationToken).ConfigureAwait(false) is { } report)
                reports.Add($"{(space.File is { } file ? $"{file.Name}, key {space.Key}" : $"Key {space.Key}")}: {report}");
        }
        if (reports.Count > 0)
            throw new ExpectationException(string.Join('\n', reports));
    }

    /// <summary>Cuts connections and ends all servers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _port.DisposeAsync().ConfigureAwait(false);
        await _spaces.DisposeAsync().ConfigureAwait(false);
        await _control.DisposeAsync().ConfigureAwait(false);
        _tls?.Dispose();
    }

    internal static bool IsControl(string target) =>
        target.StartsWith(ControlPath, StringComparison.Ordinal) && (target.Length == ControlPath.Length || target[ControlPath.Length] is '/' or '?');

    private static async Task AddAsync(EmulatorSpaces spaces, LiveEmulatorOptions options, CancellationToken cancellationToken)
    {
        if (options.Scenarios.Count <= 1)
        {
            await spaces.AddAsync(options.ApiKey, options.Scenarios.FirstOrDefault(), cancellationToken).ConfigureAwait(false);
            return;
        }
        foreach (var file in options.Scenarios)
        {
            var key = Path.GetFileNameWithoutExtension(file.File);
            if (await spaces.AddAsync(key, file, cancellationToken).ConfigureAwait(false) is null)
                throw new ArgumentException($"Two scenarios are called '{key}', and the name is their key. Rename one of the files.");
        }
    }
}
