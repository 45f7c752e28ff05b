using System.Net;
using System.Net.Http.Headers;

namespace Parley.Speech.Models;

/// <summary>
/// Requests of model files. They carry no credential, so redirects are followed, as hubs send them to their storage; never from https to
/// http, where anybody on the way could change the file. Proxies are those of the environment (<c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>,
/// <c>NO_PROXY</c>) or of the system.
/// </summary>
internal sealed class ModelHttp(HttpMessageInvoker invoker) : IDisposable
{
    private const int MaxRedirects = 10;

    public ModelHttp()
        : this(new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(20) }))
    {
    }

    /// <summary>Requests a file, or the rest of it, and waits for the response headers.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="version">The version of which the earlier bytes are; null if unknown.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="HttpRequestException">No server answers.</exception>
    /// <exception cref="ModelException">A redirect is not followed.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, long from, RangeConditionHeaderValue? version, CancellationToken cancellationToken)
    {
        var next = address;
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, next);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("parley", typeof(ModelHttp).Assembly.GetName().Version?.ToString(3)));
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (from > 0)
            {
                request.Headers.Range = new RangeHeaderValue(from, null);
                request.Headers.IfRange = version;
            }
            var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } location)
            {
                return response;
            }
            response.Dispose();
            var target = new Uri(next, location);
            if (target.Scheme is not ("https" or "http") || (next.Scheme == "https" && target.Scheme != "https"))
            {
                throw new ModelException(
                    $"{Place(next)} redirects to {target.Scheme}://{target.Host}, which is not encrypted; the redirect is not followed. Use another source: --from.");
            }
            next = target;
        }
        throw new ModelException($"{Place(address)} redirects more than {MaxRedirects} times. Use another source: --from.");
    }

    /// <summary>An address for messages: without query and user information, which can hold secrets.</summary>
    public static string Place(Uri address) => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public void Dispose() => invoker.Dispose();
}
