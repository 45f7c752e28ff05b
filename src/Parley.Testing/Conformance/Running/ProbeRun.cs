using System.Collections.Concurrent;

namespace Parley.Testing.Conformance.Running;

/// <summary>What all checks of a run share: the server, its paths, and what is found out about it once.</summary>
internal sealed class ProbeRun : IAsyncDisposable
{
    private readonly SocketsHttpHandler _handler;
    private readonly ConcurrentDictionary<string, Lazy<Task<string?>>> _models = new();
    private readonly ConcurrentDictionary<RecordingKind, Lazy<Task<Recording>>> _recordings = new();
    private readonly Lazy<Task<bool>> _refusesSecondSetup;
    private readonly Lazy<Task<string?>> _mints;
    private readonly CancellationToken _cancellation;

    internal ProbeRun(ConformanceTarget target, ConformanceOptions options, CancellationToken cancellationToken)
    {
        (Target, Options, _cancellation) = (target, options, cancellationToken);
        _handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            // TLS is part of the stream.
            ConnectCallback = (_, token) => target.Connect(token),
        };
        Http = new HttpClient(_handler) { Timeout = Timeout.InfiniteTimeSpan };
        _refusesSecondSetup = new(FindSecondSetupAsync);
        _mints = new(FindTokensAsync);
        Speech = SpeechSignal.Of(options);
    }

    internal ConformanceTarget Target { get; }

    internal ConformanceOptions Options { get; }

    internal HttpClient Http { get; }

    internal SpeechSignal Speech { get; }

    internal bool IsVertex => Options.Profile == ConformanceProfile.Vertex;

    internal bool IsStrict => Options.Profile == ConformanceProfile.Strict;

    /// <summary>The credential of every connection as headers; in the path if there are none.</summary>
    internal IEnumerable<(string Name, string Value)> Credential => IsVertex && Target.ApiKey is { } key ? [("Authorization", $"Bearer {key}")] : [];

    /// <summary>The path of the socket, with the key of the target in its query.</summary>
    internal string SocketPath(string? version = null) =>
        IsVertex ? VertexPath() : SocketPathWithout(version) + (Target.ApiKey is { } key ? $"?key={Uri.EscapeDataString(key)}" : "");

    /// <summary>The path of the socket without a credential.</summary>
    internal string SocketPathWithout(string? version = null, bool constrained = false) => IsVertex
        ? VertexPath()
        : $"{Target.PathPrefix}/ws/google.ai.generativelanguage.{version ?? Options.ApiVersion}.GenerativeService.BidiGenerateContent{(constrained ? "Constrained" : "")}";

    internal string ConstrainedPath(string token, string? version = null) =>
        $"{SocketPathWithout(version, constrained: true)}?access_token={Uri.EscapeDataString(token)}";

    internal string TokenPath(string? version = null) =>
        $"/{version ?? Options.ApiVersion}/auth_tokens{(Target.ApiKey is { } key ? $"?key={Uri.EscapeDataString(key)}" : "")}";

    internal Uri HttpUri(string path) => new($"http://{Target.BaseAddress.Authority}{Target.PathPrefix}{path}");

    /// <summary>A setup message with these members.</summary>
    internal string Setup(string members, string? model = null) =>
        $$$$"""{"setup":{"model":"{{{{model ?? ModelName}}}}"{{{{(members.Length > 0 ? "," : "")}}}}{{{{members}}}}}}""";

    internal string ModelName => IsVertex && Options.Model.StartsWith("models/", StringComparison.Ordinal)
        ? $"projects/conformance/locations/global/publishers/google/{Options.Model}"
        : Options.Model;

    /// <summary>Whether a second setup is refused with the text of the service, which shows in one message that a session works.</summary>
    internal Task<bool> RefusesSecondSetupAsync() => _refusesSecondSetup.Value;

    /// <summary>Skips a check of a model that the server does not have.</summary>
    internal async Task RequireModelAsync(string model, Probe probe)
    {
        var refused = await _models.GetOrAdd(model, name => new Lazy<Task<string?>>(() => FindModelAsync(name))).Value.ConfigureAwait(false);
        if (refused is not null)
            throw new CheckSkippedException($"the server does not have {model}: {probe.Transcript.Shorten(refused)}");
    }

    /// <summary>A conversation that many checks look at; it is recorded once.</summary>
    internal Task<Recording> RecordingAsync(RecordingKind kind) =>
        _recordings.GetOrAdd(kind, which => new Lazy<Task<Recording>>(() => Recording.MakeAsync(this, which, _cancellation))).Value;

    /// <summary>Why the server does not meet a need; null if it does.</summary>
    internal async Task<string?> MissingAsync(ConformanceNeeds needs)
    {
        if (needs.HasFlag(ConformanceNeeds.Answers) && (await RecordingAsync(RecordingKind.Text).ConfigureAwait(false)).Failure is { } silent)
            return $"the model did not answer a text: {silent}";
        if (needs.HasFlag(ConformanceNeeds.Speech) && (await RecordingAsync(RecordingKind.Speech).ConfigureAwait(false)).Failure is { } deaf)
            return $"the model did not answer speech: {deaf}";
        if (needs.HasFlag(ConformanceNeeds.Tools) && (await RecordingAsync(RecordingKind.Tool).ConfigureAwait(false)).Failure is { } idle)
            return $"the model did not call a function when asked to: {idle}";
        if (needs.HasFlag(ConformanceNeeds.Resumption)
            && (await RecordingAsync(RecordingKind.Text).ConfigureAwait(false)) is { Failure: null } recording && recording.Handle is null)
        {
            return "the server sent no resumption handle";
        }
        if (needs.HasFlag(ConformanceNeeds.Tokens))
            return IsVertex ? "Vertex has no ephemeral tokens" : await _mints.Value.ConfigureAwait(false);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _handler.Dispose();
        foreach (var recording in _recordings.Values.Where(static lazy => lazy.IsValueCreated))
            await ((Task)recording.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private string VertexPath() => $"{Target.PathPrefix}/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent";

    private async Task<bool> FindSecondSetupAsync()
    {
        var probe = new Probe(this, _cancellation);
        await using var disposing = probe.ConfigureAwait(false);
        try
        {
            var line = await probe.OpenAsync().ConfigureAwait(false);
            await line.SendAsync(Setup("")).ConfigureAwait(false);
            var end = await line.EndAsync().ConfigureAwait(false);
            return end.CloseReason.Contains("setup must be the first", StringComparison.OrdinalIgnoreCase);
        }
        catch (CheckFailedException)
        {
            return false;
        }
    }

    private async Task<string?> FindTokensAsync()
    {
        var probe = new Probe(this, _cancellation);
        await using var disposing = probe.ConfigureAwait(false);
        try
        {
            await probe.MintAsync("{}").ConfigureAwait(false);
            return null;
        }
        catch (CheckSkippedException e)
        {
            return e.Message;
        }
        catch (CheckFailedException)
        {
            // That tokens can be created is a check of its own.
            return "the server does not create ephemeral tokens";
        }
    }

    private async Task<string?> FindModelAsync(string model)
    {
        var probe = new Probe(this, _cancellation);
        await using var disposing = probe.ConfigureAwait(false);
        try
        {
            var line = await probe.ConnectAsync().ConfigureAwait(false);
            // A value for every setting that some model requires; what the model refuses by itself is no answer to whether it exists.
            await line.SendAsync(Setup("", model)).ConfigureAwait(false);
            var answer = await line.NextAsync("an answer to the setup").ConfigureAwait(false);
            return answer.CloseCode == 1008 ? answer.CloseReason : null;
        }
        catch (CheckFailedException e)
        {
            return e.Message;
        }
    }
}
