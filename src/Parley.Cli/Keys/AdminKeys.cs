using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Parley.Server;

namespace Parley.Cli.Keys;

/// <summary>The keys of a running server, through its admin API. The secret follows no redirect.</summary>
internal sealed class AdminKeys : IKeyStore
{
    private const int MaxAnswerBytes = 16 << 20;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(15);

    private readonly Uri _keys;
    private readonly string _secret;
    private readonly TimeProvider _timeProvider;
    private readonly HttpMessageInvoker _invoker;
    private readonly bool _ownsInvoker;

    internal AdminKeys(Uri server, string secret, ToolEnvironment environment)
    {
        // The address that serve prints ends in /admin/; the address of the port alone is taken too.
        var path = server.AbsolutePath.TrimEnd('/');
        if (!path.EndsWith("/admin", StringComparison.Ordinal))
            path += "/admin";
        _keys = new Uri(server, path + "/keys");
        _secret = secret;
        _timeProvider = environment.TimeProvider;
        _ownsInvoker = environment.Invoker is null;
        _invoker = environment.Invoker ?? new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false });
    }

    public string Name => _keys.GetLeftPart(UriPartial.Authority);

    public async Task<CreatedKeyBody> CreateAsync(string name, KeyLimits limits, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        var body = JsonContent.Create(new KeyRequestBody(name, expires, limits), AdminBodies.Default.KeyRequestBody);
        var (_, json) = await SendAsync(HttpMethod.Post, _keys, body, cancellationToken);
        return Read(json, AdminBodies.Default.CreatedKeyBody);
    }

    public async Task<IReadOnlyList<KeyRow>> ListAsync(CancellationToken cancellationToken)
    {
        var (_, json) = await SendAsync(HttpMethod.Get, _keys, null, cancellationToken);
        return Read(json, AdminBodies.Default.KeyListBody).Keys ?? [];
    }

    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        var (status, _) = await SendAsync(HttpMethod.Delete, new Uri($"{_keys}/{Uri.EscapeDataString(id)}"), null, cancellationToken);
        return status != HttpStatusCode.NotFound;
    }

    public ValueTask DisposeAsync()
    {
        if (_ownsInvoker)
            _invoker.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(HttpStatusCode Status, byte[] Json)> SendAsync(
        HttpMethod method, Uri url, HttpContent? body, CancellationToken cancellationToken)
    {
        using var timeoutCts = new CancellationTokenSource(LongestAnswer, _timeProvider);
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeoutCts.Token);
        using var request = new HttpRequestMessage(method, url) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _secret);
        try
        {
            using var response = await _invoker.SendAsync(request, linkedCts.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, linkedCts.Token);
            var json = await response.Content.ReadAsByteArrayAsync(linkedCts.Token);
            return response.IsSuccessStatusCode || (method == HttpMethod.Delete && response.StatusCode == HttpStatusCode.NotFound && IsAdmin(json))
                ? (response.StatusCode, json)
                : throw Refused(response.StatusCode, json);
        }
        catch (HttpRequestException e)
        {
            throw new CommandException(
                $"{Name} cannot be reached: {e.Message} Start the server with --admin-port, and give the address that it prints as 'admin'.",
                ExitCodes.Failure);
        }
        catch (OperationCanceledException) when (timeoutCts.IsCancellationRequested)
        {
            throw new CommandException($"{Name} did not answer within {LongestAnswer.TotalSeconds:0} s.", ExitCodes.Failure);
        }
    }

    private CommandException Refused(HttpStatusCode status, byte[] json) => status switch
    {
        HttpStatusCode.Unauthorized => new CommandException(
            $"{Name} refused the admin secret. It is Live:Admin:Secret of the server, or the content of admin.secret in its data folder.",
            ExitCodes.Refused),
        HttpStatusCode.NotFound => new CommandException(
            $"{Name} has no admin API. Start the server with --admin-port, and give the address that it prints as 'admin'.", ExitCodes.Failure),
        HttpStatusCode.BadRequest => new CommandException($"{Name} refused the request: {Message(json) ?? "bad request"}", ExitCodes.Usage),
        _ => new CommandException($"{Name} failed with HTTP status {(int)status}: {Message(json) ?? "no reason given"}", ExitCodes.Failure),
    };

    private static bool IsAdmin(byte[] json) => Message(json) is { } message && message.StartsWith("Key ", StringComparison.Ordinal);

    private static string? Message(byte[] json)
    {
        try
        {
            return JsonElement.Parse(json) is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message)
                ? message.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private T Read<T>(byte[] json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new CommandException(
                $"{Name} answered with something that is not of the admin API. Give the address that serve prints as 'admin'.", ExitCodes.Failure);
        }
    }
}
