using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Parley.Phone.Calls;
using Parley.Phone.Carriers;
using Parley.Phone.Signatures;
using Parley.Protocol;
using Parley.Server.Endpoints;
using Parley.Server.Sockets;

namespace Parley.Phone.Endpoints;

/// <summary>
/// <c>POST /phone/{carrier}/incoming</c>: the carrier asks what to do with a call. The answer makes it open a stream, with a token. Only requests with a valid
/// signature are answered, so that nobody else gets a token; a call that had its stream gets no second one, which is what a replay would ask for.
/// </summary>
internal sealed partial class WebhookEndpoint(CallServices services, PhoneCalls calls)
{
    private const int MaxBodyBytes = 64 << 10;

    private readonly LogLimit _refusals = new(services.Time, TimeSpan.FromSeconds(1));
    private readonly byte[]? _telnyxKey = services.Options.Telnyx.PublicKey is { } key ? Convert.FromBase64String(key) : null;

    private PhoneOptions Options => services.Options;

    internal RequestDelegate For(PhoneCarrier carrier) => context => HandleAsync(context, carrier);

    private async Task HandleAsync(HttpContext context, PhoneCarrier carrier)
    {
        context.Response.Headers.CacheControl = "no-store";
        var isConfigured = carrier switch
        {
            PhoneCarrier.Twilio => Options.Twilio.AuthToken is not null,
            PhoneCarrier.Telnyx => _telnyxKey is not null,
            _ => Options.Plivo.AuthToken is not null,
        };
        if (!isConfigured)
        {
            await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", "Not found.").ConfigureAwait(false);
            return;
        }
        if (await ReadBodyAsync(context).ConfigureAwait(false) is not { } body)
        {
            await ApiJson.WriteErrorAsync(context, 413, "INVALID_ARGUMENT", "The body is too long.").ConfigureAwait(false);
            return;
        }
        var isJson = context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is true;
        var form = isJson ? [] : QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));
        if (!IsSigned(context.Request, carrier, body, form))
        {
            Refuse(carrier, "signature");
            await ApiJson.WriteErrorAsync(context, 403, "PERMISSION_DENIED", "Missing or wrong signature.").ConfigureAwait(false);
            return;
        }
        if (isJson)
            await AnswerEventAsync(context, body).ConfigureAwait(false);
        else
            await AnswerFormAsync(context, carrier, form).ConfigureAwait(false);
    }

    private bool IsSigned(HttpRequest request, PhoneCarrier carrier, byte[] body, Dictionary<string, StringValues> form) => carrier switch
    {
        PhoneCarrier.Twilio => TwilioSignature.IsValid(Options.Twilio.AuthToken!, UrlOf(request), form, request.Headers[TwilioSignature.Header]),
        PhoneCarrier.Telnyx => TelnyxSignature.IsValid(
            _telnyxKey!, body, request.Headers[TelnyxSignature.TimestampHeader], request.Headers[TelnyxSignature.Header], services.Time.GetUtcNow(), Options.SignatureTolerance),
        _ => PlivoSignature.IsValid(Options.Plivo.AuthToken!, UrlOf(request), form, request.Headers[PlivoSignature.NonceHeader], request.Headers[PlivoSignature.Header]),
    };

    /// <summary>TwiML, TeXML and Plivo XML: the answer is what to do.</summary>
    private async Task AnswerFormAsync(HttpContext context, PhoneCarrier carrier, Dictionary<string, StringValues> form)
    {
        var callId = Field(form, carrier == PhoneCarrier.Plivo ? "CallUUID" : "CallSid");
        var (from, to) = (Field(form, "From"), Field(form, "To"));
        // Only the query that this server made and the carrier signed says so: Direction is "outbound" for other calls of the account too.
        // The signature of Telnyx does not cover the address.
        var isOutbound = carrier != PhoneCarrier.Telnyx && context.Request.Query[StreamParameters.Direction] == StreamParameters.Outbound;
        // The token is not bound to the call (see below), so the webhook counts once.
        var isReplay = carrier == PhoneCarrier.Telnyx && !services.Tokens.TryUse(context.Request.Headers[TelnyxSignature.Header].ToString());
        if ((isReplay ? "replay" : Refusal(carrier, callId, from, to, isOutbound)) is { } cause)
        {
            Refuse(carrier, cause);
            await WriteXmlAsync(context, CarrierXml.Busy(carrier)).ConfigureAwait(false);
            return;
        }
        List<KeyValuePair<string, string>> parameters = [new(StreamParameters.From, from), new(StreamParameters.To, to)];
        if (isOutbound)
            parameters.Add(new(StreamParameters.Direction, StreamParameters.Outbound));
        if (carrier != PhoneCarrier.Telnyx)
        {
            foreach (var (name, value) in context.Request.Query.Where(static pair => PhoneCalls.IsParameter(pair.Key)).Take(CallText.MaxParameters))
                parameters.Add(new(name, CallText.Clean(value.ToString(), CallText.MaxValue)));
        }
        // The id in the start message of Telnyx is that of Call Control, which TeXML calls otherwise.
        var target = calls.TargetOf(carrier, AddressOf(context.Request), carrier == PhoneCarrier.Telnyx ? "" : callId, parameters);
        await WriteXmlAsync(context, carrier switch
        {
            PhoneCarrier.Twilio => CarrierXml.Twilio(target),
            PhoneCarrier.Telnyx => CarrierXml.Telnyx(target, Options.Telnyx.Codec),
            _ => CarrierXml.Plivo(target, Options.Plivo.ContentType),
        }).ConfigureAwait(false);
    }

    /// <summary>Call Control of Telnyx: the answer is empty, and a command says what to do.</summary>
    private async Task AnswerEventAsync(HttpContext context, byte[] body)
    {
        if (TelnyxEvent.Read(body) is not { } occurred)
        {
            await ApiJson.WriteErrorAsync(context, 400, "INVALID_ARGUMENT", "The body is not an event of Telnyx.").ConfigureAwait(false);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status200OK;
        if (occurred is not { Type: "call.initiated", IsIncoming: true })
            return;
        try
        {
            if (Refusal(PhoneCarrier.Telnyx, occurred.CallControlId, occurred.From, occurred.To, isOutbound: false) is { } cause)
            {
                Refuse(PhoneCarrier.Telnyx, cause);
                await services.Api.RejectAsync(occurred.CallControlId, context.RequestAborted).ConfigureAwait(false);
                return;
            }
            List<KeyValuePair<string, string>> parameters = [new(StreamParameters.From, occurred.From), new(StreamParameters.To, occurred.To)];
            var target = calls.TargetOf(PhoneCarrier.Telnyx, AddressOf(context.Request), occurred.CallControlId, parameters);
            await services.Api.AnswerAsync(occurred.CallControlId, occurred.Id, target, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or OperationCanceledException)
        {
            Log.AnswerFailed(services.Logger, LogText.Clean(e.Message));
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
    }

    private string? Refusal(PhoneCarrier carrier, string callId, string from, string to, bool isOutbound)
    {
        if (callId.Length is 0 or > 256)
            return "no-call-id";
        if (services.Tokens.HadStream(carrier, callId))
            return "replay";
        if (services.Registry.IsFull)
            return "calls-full";
        return services.Routes.Find(from, to, isOutbound) is null ? "no-route" : null;
    }

    private string UrlOf(HttpRequest request) =>
        Options.PublicUrl is { } address
            ? $"{address.GetLeftPart(UriPartial.Authority)}{address.AbsolutePath.TrimEnd('/')}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}"
            : request.GetEncodedUrl();

    private Uri AddressOf(HttpRequest request) => Options.PublicUrl ?? new Uri($"{request.Scheme}://{request.Host}{request.PathBase}/");

    private void Refuse(PhoneCarrier carrier, string cause)
    {
        services.Metrics.Refused(carrier, cause);
        if (_refusals.TryEnter())
            Log.Refused(services.Logger, carrier, cause);
    }

    private static string Field(Dictionary<string, StringValues> form, string name) => form.TryGetValue(name, out var values) ? CallText.Clean(values.ToString(), 256) : "";

    private static Task WriteXmlAsync(HttpContext context, string xml)
    {
        context.Response.ContentType = "text/xml; charset=utf-8";
        return context.Response.WriteAsync(xml, context.RequestAborted);
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBodyBytes)
            return null;
        var body = new byte[MaxBodyBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        return length > MaxBodyBytes ? null : body[..length];
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.WebhookRefused, LogLevel.Warning, "{Carrier} webhook refused: {Cause}. Reported once a second; parley.phone.refusals counts all")]
        public static partial void Refused(ILogger logger, PhoneCarrier carrier, string cause);

        [LoggerMessage(EventIds.AnswerFailed, LogLevel.Warning, "Telnyx call not answered: {Error}")]
        public static partial void AnswerFailed(ILogger logger, string error);
    }
}

/// <summary><c>{"data":{"event_type":"call.initiated","id":"…","payload":{"call_control_id":"…","direction":"incoming","from":"+1…","to":"+1…"}}}</c></summary>
internal sealed record TelnyxEvent(string Type, string Id, string CallControlId, bool IsIncoming, string From, string To)
{
    internal static TelnyxEvent? Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
                return null;
            var payload = data.TryGetProperty("payload", out var found) ? found : default;
            return new TelnyxEvent(Text(data, "event_type"), Text(data, "id"), Text(payload, "call_control_id"), Text(payload, "direction") == "incoming", Text(payload, "from"), Text(payload, "to"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
