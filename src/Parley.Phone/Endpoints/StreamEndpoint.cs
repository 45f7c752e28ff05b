using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Parley.Phone.Calls;
using Parley.Phone.Carriers;
using Parley.Phone.Signatures;
using Parley.Server.Access;
using Parley.Server.Endpoints;
using Parley.Server.Sockets;

namespace Parley.Phone.Endpoints;

/// <summary><c>GET /phone/{carrier}/stream</c>: the WebSocket of a carrier.</summary>
internal sealed partial class StreamEndpoint(CallServices services, SocketEndpoint sockets, RequestOrigin origins, ConnectionAdmission admission)
{
    private const string TelnyxToken = "x-telnyx-streaming-auth-token";

    private readonly LogLimit _refusals = new(services.Time, TimeSpan.FromSeconds(1));

    internal RequestDelegate For(PhoneCarrier carrier) => context => HandleAsync(context, carrier);

    private async Task HandleAsync(HttpContext context, PhoneCarrier carrier)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await ApiJson.WriteErrorAsync(context, 400, "FAILED_PRECONDITION", "This method requires a WebSocket upgrade.").ConfigureAwait(false);
            return;
        }
        if (admission.Refuse(context) is { } full)
        {
            Refuse(carrier, "server-full");
            await ApiJson.WriteRefusalAsync(context, full).ConfigureAwait(false);
            return;
        }
        if (!services.Registry.TryEnter())
        {
            Refuse(carrier, "calls-full");
            await ApiJson.WriteErrorAsync(context, 503, "UNAVAILABLE", "Too many calls.").ConfigureAwait(false);
            return;
        }
        try
        {
            var origin = OriginOf(context, carrier);
            var connection = CountedConnection.Of(context);
            connection?.UpgradeStarted();
            try
            {
                var (socket, limiter) = await sockets.AcceptAsync(context).ConfigureAwait(false);
                await new CallSession(services, carrier, socket, limiter, PhoneCalls.NewId(), origin).RunAsync().ConfigureAwait(false);
            }
            finally
            {
                connection?.UpgradeEnded();
            }
        }
        finally
        {
            services.Registry.Leave();
        }
    }

    private CallSession.StreamOrigin OriginOf(HttpContext context, PhoneCarrier carrier)
    {
        var headers = context.Request.Headers;
        var isLocal = services.Options.AllowLocalStreams && origins.WhyNotLocal(context) is null;
        return new CallSession.StreamOrigin(isLocal || IsSigned(context.Request, carrier), carrier == PhoneCarrier.Telnyx && headers[TelnyxToken].ToString() is { Length: > 0 } token ? token : null);
    }

    // Carriers sign the address they were given, with the scheme of WebSockets. A signature that is missing or wrong is no reason to refuse: a proxy may
    // have changed the address, and the token decides then.
    private bool IsSigned(HttpRequest request, PhoneCarrier carrier)
    {
        var url = StreamAddress.Stream(services.Options.PublicUrl ?? new Uri($"{request.Scheme}://{request.Host}{request.PathBase}/"), carrier);
        return carrier switch
        {
            PhoneCarrier.Twilio when services.Options.Twilio.AuthToken is { } secret => TwilioSignature.IsValid(secret, url, [], request.Headers[TwilioSignature.Header]),
            PhoneCarrier.Plivo when services.Options.Plivo.AuthToken is { } secret =>
                PlivoSignature.IsValid(secret, url, new Dictionary<string, StringValues>(), request.Headers[PlivoSignature.NonceHeader], request.Headers[PlivoSignature.Header]),
            _ => false,
        };
    }

    private void Refuse(PhoneCarrier carrier, string cause)
    {
        services.Metrics.Refused(carrier, cause);
        if (_refusals.TryEnter())
            Log.Refused(services.Logger, carrier, cause);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CallRefused, LogLevel.Warning, "{Carrier} call refused: {Cause}. Reported once a second; parley.phone.refusals counts all")]
        public static partial void Refused(ILogger logger, PhoneCarrier carrier, string cause);
    }
}
