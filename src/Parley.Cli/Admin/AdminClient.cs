using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Parley.Cli.Admin;

/// <summary>Sends requests to the admin API of a running server. The secret follows no redirect.</summary>
internal sealed class AdminClient : IDisposable
{
    private const int MaxAnswerBytes = 64 << 20;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(15), LongestSilence = TimeSpan.FromSeconds(30);

    private readonly Uri _admin;
    private readonly string _secret;
    private readonly TimeProvider _timeProvider;
    private readonly HttpMessageInvoker _invoker;
    private readonly bool _ownsInvoker;

    internal AdminClient(Uri server, string secret, ToolEnvironment environment)
    {
        // The address that serve prints ends in /admin/; the address of the port alone is taken too.
        var path = server.AbsolutePath.TrimEnd('/');
        if (!path.EndsWith("/admin", StringComparison.Ordinal))
            path += "/admin";
        _admin = new Uri(server, path + "/");
        _secret = secret;
        _timeProvider = environment.TimeProvider;
        _ownsInvoker = environment.Invoker is null;
        _invoker = environment.Invoker ?? new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false });
    }

    /// <summary>The address of the server, for messages.</summary>
    internal string Name => _admin.GetLeftPart(UriPartial.Authority);

    /// <summary>Gets a list.</summary>
    internal async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Read(await SendAsync(HttpMethod.Get, path, null, cancellationToken) ?? throw Refused(HttpStatusCode.NotFound, []), type);

    /// <summary>Sends a request with a body.</summary>
    /// <returns>The answer; null if what the path names does not exist.</returns>
    internal Task<byte[]?> SendAsync<T>(HttpMethod method, string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(method, path, JsonContent.Create(body, type), cancellationToken);

    /// <summary>Sends a request without a body.</summary>
    /// <returns>The answer; null if what the path names does not exist.</returns>
    internal Task<byte[]?> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) => SendAsync(method, path, null, cancellationToken);

    /// <summary>Reads the lines of an answer that has no end of its own. Empty if the connection was lost.</summary>
    internal async IAsyncEnumerable<JsonElement> ReadLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var silenceCts = new CancellationTokenSource(LongestAnswer, _timeProvider);
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silenceCts.Token);
        using var response = await OpenAsync(path, linkedCts.Token, silenceCts.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(linkedCts.Token));
        while (await NextAsync() is { } line)
            yield return line;

        async Task<JsonElement?> NextAsync()
        {
            // The server sends a line every ten seconds at least.
            silenceCts.CancelAfter(LongestSilence);
            try
            {
                return await reader.ReadLineAsync(linkedCts.Token) is { } line ? JsonElement.Parse(line) : null;
            }
            catch (Exception e) when (e is IOException or HttpRequestException or JsonException || (e is OperationCanceledException && silenceCts.IsCancellationRequested))
            {
                return null;
            }
        }
    }

    /// <summary>Reads an answer.</summary>
    internal T Read<T>(byte[] json, JsonTypeInfo<T> type)
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

    public void Dispose()
    {
        if (_ownsInvoker)
            _invoker.Dispose();
    }

    private async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken, CancellationToken timeout)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_admin, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _secret);
        try
        {
            var response = await _invoker.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
                var json = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                throw response.StatusCode == HttpStatusCode.NotFound && NamesWhatIsMissing(json)
                    ? new CommandException($"{Name}: {Message(json)}", ExitCodes.Failure)
                    : Refused(response.StatusCode, json);
            }
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw TimedOut();
        }
    }

    private async Task<byte[]?> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var timeoutCts = new CancellationTokenSource(LongestAnswer, _timeProvider);
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeoutCts.Token);
        using var request = new HttpRequestMessage(method, new Uri(_admin, path)) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _secret);
        try
        {
            using var response = await _invoker.SendAsync(request, linkedCts.Token);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, linkedCts.Token);
            var json = await response.Content.ReadAsByteArrayAsync(linkedCts.Token);
            if (response.IsSuccessStatusCode)
                return json;
            return response.StatusCode == HttpStatusCode.NotFound && NamesWhatIsMissing(json) ? null : throw Refused(response.StatusCode, json);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e);
        }
        catch (OperationCanceledException) when (timeoutCts.IsCancellationRequested)
        {
            throw TimedOut();
        }
    }

    private CommandException Unreachable(HttpRequestException e) => new(
        $"{Name} cannot be reached: {e.Message} Start the server with --admin-port, and give the address that it prints as 'admin'.", ExitCodes.Failure);

    private CommandException TimedOut() => new($"{Name} did not answer within {LongestAnswer.TotalSeconds:0} s.", ExitCodes.Failure);

    private CommandException Refused(HttpStatusCode status, byte[] json) => status switch
    {
        HttpStatusCode.Unauthorized => new CommandException(
            $"{Name} refused the admin secret. It is Live:Admin:Secret of the server, or the content of admin.secret in its data folder.",
            ExitCodes.Refused),
        HttpStatusCode.Forbidden => new CommandException($"{Name}: {Message(json) ?? "forbidden"}", ExitCodes.Refused),
        HttpStatusCode.NotFound => new CommandException(
            $"{Name} has no admin API. Start the server with --admin-port, and give the address that it prints as 'admin'.", ExitCodes.Failure),
        HttpStatusCode.BadRequest or HttpStatusCode.Conflict =>
            new CommandException($"{Name} refused the request: {Message(json) ?? "bad request"}", ExitCodes.Usage),
        _ => new CommandException($"{Name} failed with HTTP status {(int)status}: {Message(json) ?? "no reason given"}", ExitCodes.Failure),
    };

    private static bool NamesWhatIsMissing(byte[] json) =>
        Message(json) is { } message && ((string[])["Key ", "Session ", "Node "]).Any(kind => message.StartsWith(kind, StringComparison.Ordinal));

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
}
