using System.Net;

namespace Parley.Speech.Hosting;

/// <summary>
/// One call to an OpenAI-compatible server, with a time limit and one retry if the first attempt had no effect. Failures are
/// <see cref="SpeechEngineException"/>s.
/// </summary>
internal sealed class OpenAICall(HttpClient client, OpenAIEndpoint endpoint, TimeProvider timeProvider)
{
    private const int MaxErrorCharacters = 300;

    /// <summary>Sends a request and waits for the response headers.</summary>
    /// <param name="request">Creates the request, once for each attempt.</param>
    /// <param name="deadline">Restarted with the timeout.</param>
    /// <param name="cancellationToken">The token of the caller.</param>
    /// <exception cref="SpeechEngineException">The server did not answer successfully.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            var response = await GuardAsync(
                async () =>
                {
                    using var message = request();
                    deadline.CancelAfter(endpoint.Timeout);
                    try
                    {
                        return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
                    }
                    catch (HttpRequestException) when (!isRetry)
                    {
                        return null;
                    }
                },
                cancellationToken).ConfigureAwait(false);
            if (response is null)
                continue;
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                if (isRetry || response.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout))
                    throw await RefusedAsync(response, deadline, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A cancellation source for the timeouts of one call.</summary>
    public CancellationTokenSource Deadline() => new(Timeout.InfiniteTimeSpan, timeProvider);

    /// <summary>Runs work that talks to the server; its failures become <see cref="SpeechEngineException"/>.</summary>
    public async Task<T> GuardAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new SpeechEngineException($"{endpoint.Place} gave no answer for {endpoint.Timeout.TotalSeconds:0.#} s.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            throw new SpeechEngineException($"{endpoint.Place} failed: {endpoint.Redact(e.Message)}", e);
        }
    }

    private async Task<SpeechEngineException> RefusedAsync(HttpResponseMessage response, CancellationTokenSource deadline, CancellationToken cancellationToken)
    {
        var text = await GuardAsync(
            async () =>
            {
                using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false));
                var buffer = new char[MaxErrorCharacters];
                return new string(buffer, 0, await reader.ReadBlockAsync(buffer, deadline.Token).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
        return new SpeechEngineException($"{endpoint.Place} answered {(int)response.StatusCode} {response.ReasonPhrase}: {endpoint.Redact(text.ReplaceLineEndings(" "))}");
    }
}
