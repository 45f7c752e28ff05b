using System.Net;

namespace Parley.Speech.Hosting;

/// <summary>
/// For requests that carry a key: follows no redirect, because the key would go to another address, and reports one as an error.
/// </summary>
internal sealed class CredentialHandler() : DelegatingHandler(new SocketsHttpHandler
{
    PooledConnectionLifetime = TimeSpan.FromMinutes(5), // follows DNS changes
    AllowAutoRedirect = false,
})
{
    /// <summary>A client without a time limit of its own: calls have theirs.</summary>
    public static HttpClient CreateClient() => new(new CredentialHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is < HttpStatusCode.MultipleChoices or >= HttpStatusCode.BadRequest)
            return response;
        var target = response.Headers.Location is { IsAbsoluteUri: true } location ? location.GetLeftPart(UriPartial.Authority) : "another path";
        using (response)
        {
            throw new HttpRequestException(
                $"The server answers {(int)response.StatusCode} and redirects to {target}. Redirects are not followed, because the key would go there: "
                + "set Endpoint to the address of the API.");
        }
    }
}
