using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Parley.Client.Telemetry;

namespace Parley.Client.Connecting;

/// <summary>A server answered with a redirect, which is not followed: the credential would go to another address.</summary>
internal sealed class RedirectException(string message) : HttpRequestException(message);

/// <summary>
/// Sends every request that carries the credential, and makes a redirect an error: handlers that follow redirects send all headers but
/// <c>Authorization</c> to the new address.
/// </summary>
internal sealed class CredentialGuard(HttpMessageInvoker inner) : HttpMessageHandler
{
    /// <summary>
    /// Turns redirects off in an application's handler, where that is possible; otherwise a redirect is noticed when it has been followed.
    /// </summary>
    internal static void TurnOffRedirects(HttpMessageInvoker invoker, ILogger logger)
    {
        try
        {
            var handler = HandlerOf(invoker);
            while (handler is DelegatingHandler { InnerHandler: { } next })
                handler = next;
            if (handler is SocketsHttpHandler { AllowAutoRedirect: true } sockets)
                sockets.AllowAutoRedirect = false;
            else if (handler is HttpClientHandler { AllowAutoRedirect: true } client)
                client.AllowAutoRedirect = false;
        }
        catch (Exception e) when (e is InvalidOperationException or MissingFieldException)
        {
            // Its settings are fixed since its first request.
            Log.FollowsRedirects(logger);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri;
        // An HttpClient would read the whole body into memory.
        var response = await (inner is HttpClient client
            ? client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            : inner.SendAsync(request, cancellationToken)).ConfigureAwait(false);
        var target = Target(response, address);
        if (target is null)
            return response;
        response.Dispose();
        throw new RedirectException(
            $"The server redirects to {target}, and redirects are not followed, because the credential would go there. "
            + "Set LiveClientOptions.BaseAddress to the address of the Live API");
    }

    // Without path and query: they may repeat the credential.
    private static string? Target(HttpResponseMessage response, Uri? address)
    {
        var target = response.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest and not HttpStatusCode.NotModified
            ? response.Headers.Location
            : response.RequestMessage?.RequestUri is { } reached && reached != address ? reached : null;
        return target is null ? null : target.IsAbsoluteUri ? target.GetLeftPart(UriPartial.Authority) : "another path of the same server";
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_handler")]
    private static extern ref HttpMessageHandler HandlerOf(HttpMessageInvoker invoker);
}
