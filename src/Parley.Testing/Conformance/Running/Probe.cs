using System.Text;
using System.Text.Json;
using Parley.Testing.Conformance.Sockets;

namespace Parley.Testing.Conformance.Running;

/// <summary>What one check works with: connections, requests, and its transcript.</summary>
internal sealed class Probe(ProbeRun run, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly List<ProbeLine> _lines = [];
    private IReadOnlyList<string> _shown = [];

    internal ProbeRun Run => run;

    internal ConformanceOptions Options => run.Options;

    internal Transcript Transcript { get; } = new(run.Target.ApiKey);

    internal CancellationToken Cancellation => cancellationToken;

    /// <summary>What passed the connections: of the check, or of the recording that it looks at.</summary>
    internal IReadOnlyList<string> Frames => [.. _shown, .. Transcript.Lines];

    /// <summary>The check looks at a recording.</summary>
    internal void Shows(Recording recording) => _shown = recording.Lines;

    /// <summary>Upgrades with the run's own path and credential.</summary>
    internal Task<ProbeLine> ConnectAsync() => ConnectAsync(run.SocketPath(), run.Credential);

    /// <summary>Upgrades; fails if the server does not.</summary>
    internal async Task<ProbeLine> ConnectAsync(string target, params IEnumerable<(string Name, string Value)> headers)
    {
        var (upgrade, line) = await TryConnectAsync(target, headers).ConfigureAwait(false);
        return line ?? throw new CheckFailedException($"Expected HTTP 101 for {Transcript.Shorten(target)}; got {upgrade.Status}.");
    }

    /// <summary>Asks for an upgrade.</summary>
    /// <returns>The answer, and the connection if it is 101.</returns>
    internal async Task<(ProbeUpgrade Upgrade, ProbeLine? Line)> TryConnectAsync(string target, IEnumerable<(string Name, string Value)> headers)
    {
        var number = Transcript.NextConnection();
        Transcript.Add(number, 'C', $"GET {target}");
        using var limit = new CancellationTokenSource(Options.Timeout, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Stream? stream = null;
        try
        {
            stream = await run.Target.Connect(linked.Token).ConfigureAwait(false);
            var upgrade = await ProbeUpgrade.SendAsync(stream, run.Target.BaseAddress.Authority, target, headers, linked.Token).ConfigureAwait(false);
            Transcript.Add(number, 'S', $"HTTP {upgrade.Status}");
            if (upgrade.Status != 101)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
                return (upgrade, null);
            }
            var line = new ProbeLine(new ProbeSocket(stream), upgrade, run, Transcript, number, cancellationToken);
            _lines.Add(line);
            return (upgrade, line);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            throw new CheckFailedException(e is OperationCanceledException
                ? $"Expected an answer to the upgrade within {Options.Timeout.TotalSeconds:0.#} s; none came."
                : $"The connection failed: {e.Message}");
        }
    }

    /// <summary>Connects and sets up a session.</summary>
    internal async Task<ProbeLine> OpenAsync(string members = "", string? model = null)
    {
        var line = await ConnectAsync().ConfigureAwait(false);
        await line.SetUpAsync(members, model).ConfigureAwait(false);
        return line;
    }

    /// <summary>Opens a session of a model that the server may not have; skips the check then.</summary>
    internal async Task<ProbeLine> OpenOtherAsync(string model, string members = "")
    {
        await run.RequireModelAsync(model, this).ConfigureAwait(false);
        return await OpenAsync(members, model).ConfigureAwait(false);
    }

    /// <summary>
    /// Fails unless the session still works. A second setup shows it without a turn: it is refused by order, unless an earlier message was refused. Where the
    /// server does not do that, a text is asked and must be answered.
    /// </summary>
    internal async Task ExpectAliveAsync(ProbeLine line, string what)
    {
        if (await run.RefusesSecondSetupAsync().ConfigureAwait(false))
        {
            await line.SendAsync(run.Setup("")).ConfigureAwait(false);
            var end = await line.EndAsync().ConfigureAwait(false);
            if (!end.CloseReason.Contains("setup must be the first", StringComparison.OrdinalIgnoreCase))
                throw new CheckFailedException($"Expected the server to accept {what}; got {Transcript.Shorten(end.ToString())}.");
            return;
        }
        await line.SendAsync(Prompts.RealtimeText(Prompts.Short)).ConfigureAwait(false);
        await line.UntilAsync(static message => message.Content("turnComplete"), $"an answer after {what}").ConfigureAwait(false);
    }

    /// <summary>Sends an HTTP request.</summary>
    internal async Task<(int Status, string Body, string? ContentType)> HttpAsync(
        HttpMethod method, string path, string? body = null, params IEnumerable<(string Name, string Value)> headers)
    {
        Transcript.Add(1, 'C', $"{method} {path} {body}");
        using var request = new HttpRequestMessage(method, run.HttpUri(path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var limit = new CancellationTokenSource(Options.Timeout, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await run.Http.SendAsync(request, linked.Token).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(linked.Token).ConfigureAwait(false);
            Transcript.Add(1, 'S', $"HTTP {(int)response.StatusCode} {text}");
            return ((int)response.StatusCode, text, response.Content.Headers.ContentType?.MediaType);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new CheckFailedException($"Expected an answer to {method} {Transcript.Shorten(path)}; {(e is OperationCanceledException ? "none came" : e.Message)}.");
        }
    }

    /// <summary>Creates an ephemeral token; skips the check if the server has none.</summary>
    internal async Task<string> MintAsync(string body)
    {
        var (status, text, _) = await HttpAsync(HttpMethod.Post, run.TokenPath(), body).ConfigureAwait(false);
        if (status is 404 or 405 or 501)
            throw new CheckSkippedException("the server creates no ephemeral tokens");
        if (status != 200)
            throw new CheckFailedException($"Expected HTTP 200 for a token request; got {status}: {Transcript.Shorten(text)}");
        return JsonElement.Parse(text).TryGetProperty("name", out var name) && name.GetString() is { Length: > 0 } token
            ? token
            : throw new CheckFailedException($"Expected the name of a token; got {Transcript.Shorten(text)}.");
    }

    /// <summary>Fails with a sentence unless a condition is met.</summary>
    internal void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new CheckFailedException(Transcript.Shorten(otherwise));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in _lines)
            await line.DisposeAsync().ConfigureAwait(false);
    }
}
