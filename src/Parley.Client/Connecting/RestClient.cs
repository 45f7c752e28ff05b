using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Parley.Client.Ending;
using Parley.Protocol;

namespace Parley.Client.Connecting;

/// <summary>The two HTTP requests: listing models and creating tokens.</summary>
internal sealed class RestClient(Credential credential, Endpoints endpoints, HttpMessageInvoker invoker, LiveClientOptions options)
{
    private const string LiveMethod = "bidiGenerateContent";

    // Bounds a server that pages without end; the service has fewer than a thousand models.
    private const int MaxPages = 20;

    internal async Task<IReadOnlyList<LiveModelInfo>> ListModelsAsync(CancellationToken cancellationToken)
    {
        var models = new List<LiveModelInfo>();
        string? pageToken = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var query = "pageSize=1000" + (pageToken is null ? "" : "&pageToken=" + Uri.EscapeDataString(pageToken));
            using var body = await SendAsync(
                HttpMethod.Get, "models", query, null, "The models could not be listed", Parse, cancellationToken).ConfigureAwait(false);
            if (body.RootElement.TryGetProperty("models", out var list) && list.ValueKind == JsonValueKind.Array)
                models.AddRange(list.EnumerateArray().Where(IsLive).Select(Read));
            pageToken = Text(body.RootElement, "nextPageToken");
            if (pageToken.Length == 0)
                break;
        }
        return models;
    }

    internal Task<AuthTokenResponse> CreateTokenAsync(AuthTokenRequest request, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(request, body);
        var content = new ReadOnlyMemoryContent(body.WrittenMemory) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return SendAsync(HttpMethod.Post, "auth_tokens", null, content, "The token could not be created",
            static bytes => LiveCodec.DecodeAuthTokenResponse(bytes) is { Name.Length: > 0 } token
                ? token
                : throw new JsonException("The answer names no token."), cancellationToken);
    }

    private async Task<T> SendAsync<T>(
        HttpMethod method, string resource, string? query, HttpContent? content, string failed, Func<byte[], T> read,
        CancellationToken cancellationToken)
    {
        var inQuery = options.CredentialPlacement == CredentialPlacement.Query;
        var all = string.Join('&', new[] { query, inQuery ? credential.Query : null }.Where(static part => part is not null));
        using var request = new HttpRequestMessage(method, endpoints.Rest(resource, all)) { Content = content };
        if (!inQuery)
            request.Headers.TryAddWithoutValidation(credential.Header.Name, credential.Header.Value);
        using var timeout = new CancellationTokenSource(options.SetupTimeout, options.TimeProvider);
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        HttpStatusCode? status = null;
        try
        {
            using var response = await invoker.SendAsync(request, linkedCts.Token).ConfigureAwait(false);
            status = response.StatusCode;
            var bytes = await BoundedBody.ReadAsync(response.Content, linkedCts.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? read(bytes) : throw Refused(failed, response.StatusCode, bytes);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException e)
        {
            throw new LiveRequestException(failed, new CloseCause(EndCause.Timeout, RetryAdvice.BackOff), status, "no answer in time", e);
        }
        catch (RedirectException e)
        {
            throw new LiveRequestException(failed, new CloseCause(EndCause.UnknownEndpoint, RetryAdvice.No), status, e.Message, e);
        }
        catch (BodyTooLongException e)
        {
            throw new LiveRequestException(failed, new CloseCause(EndCause.ProtocolError, RetryAdvice.No), status, e.Message, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new LiveRequestException(failed, CloseClassifier.Classify(null), status, "the server could not be reached", e);
        }
        catch (Exception e) when (e is JsonException or LiveProtocolException)
        {
            var cause = new CloseCause(EndCause.ProtocolError, RetryAdvice.No);
            throw new LiveRequestException(failed, cause, status, "the answer is not valid", e);
        }
    }

    private LiveRequestException Refused(string failed, HttpStatusCode status, byte[] body)
    {
        var message = credential.Redact(ErrorText(body));
        var byText = CloseClassifier.Classify(null, message);
        var cause = byText.Cause == EndCause.Network ? CloseClassifier.Classify(status) : byText;
        return new LiveRequestException($"{failed} (HTTP status {(int)status})", cause, status, message);
    }

    private static JsonDocument Parse(byte[] body)
    {
        var document = JsonDocument.Parse(body);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new JsonException("The answer is not an object.");
    }

    // {"error":{"code":400,"message":"…","status":"INVALID_ARGUMENT"}}
    private static string ErrorText(byte[] body)
    {
        try
        {
            return LiveCodec.DecodeResponse(body).Error?.Message ?? "";
        }
        catch (LiveProtocolException)
        {
            return "";
        }
    }

    private static bool IsLive(JsonElement model) =>
        model.ValueKind == JsonValueKind.Object
        && model.TryGetProperty("supportedGenerationMethods", out var methods) && methods.ValueKind == JsonValueKind.Array
        && methods.EnumerateArray().Any(static method => method.ValueKind == JsonValueKind.String && method.ValueEquals(LiveMethod));

    private static LiveModelInfo Read(JsonElement model) => new(Text(model, "name"))
    {
        DisplayName = Text(model, "displayName"),
        Description = Text(model, "description"),
        InputTokenLimit = Number(model, "inputTokenLimit"),
        OutputTokenLimit = Number(model, "outputTokenLimit"),
    };

    private static string Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static int? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
