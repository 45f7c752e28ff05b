using System.Text.Json;

namespace Parley.Assistant.Providers;

/// <summary>Makes the text of an error of Ollama, <c>{"error":"…"}</c>, the message of the exception; the library reports only the status.</summary>
internal sealed class OllamaErrorHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaxBytes = 16 * 1024;
    private const int MaxCharacters = 500;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var text = await ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
            throw new HttpRequestException(text ?? $"status {(int)response.StatusCode}", null, response.StatusCode);
        }
    }

    private static async Task<string?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var reading = stream.ConfigureAwait(false);
        var body = new byte[MaxBytes];
        var length = await stream.ReadAtLeastAsync(body, MaxBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(body.AsMemory(0, length));
            var error = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var value) ? value.ToString() : null;
            return error?.Length > MaxCharacters ? error[..MaxCharacters] : error;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
