using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Phone.Carriers;
using Parley.Protocol;

namespace Parley.Phone.Rest;

/// <summary>The few calls of the carriers' REST APIs that are needed: make a call, answer one, end one.</summary>
internal sealed partial class CarrierApi(IHttpClientFactory clients, IOptions<PhoneOptions> options, TimeProvider time, ILogger<CarrierApi> logger)
{
    /// <summary>Name of the HTTP client, for applications that configure it.</summary>
    internal const string ClientName = "Parley.Phone";

    private const int MaxResponseBytes = 64 << 10;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private TwilioOptions Twilio => options.Value.Twilio;

    private TelnyxOptions Telnyx => options.Value.Telnyx;

    private PlivoOptions Plivo => options.Value.Plivo;

    /// <summary>Makes a call.</summary>
    /// <param name="request">The call.</param>
    /// <param name="stream">Address and parameters of its stream, for carriers that are told at once.</param>
    /// <param name="answerUrl">The webhook, for Plivo, which asks when the call is answered.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Id of the call at the carrier.</returns>
    /// <exception cref="HttpRequestException">The carrier refused, or was not reached.</exception>
    /// <exception cref="InvalidOperationException">The account is not configured.</exception>
    internal async Task<string> CallAsync(PhoneCallRequest request, StreamTarget stream, string answerUrl, CancellationToken cancellationToken)
    {
        using var message = request.Carrier switch
        {
            PhoneCarrier.Twilio => Form(new Uri(Twilio.ApiAddress, $"2010-04-01/Accounts/{Required(Twilio.AccountSid, "Twilio:AccountSid")}/Calls.json"), TwilioLogin(), new()
            {
                ["To"] = request.To,
                ["From"] = request.From,
                ["Twiml"] = CarrierXml.Twilio(stream),
            }),
            PhoneCarrier.Telnyx => Json(new Uri(Telnyx.ApiAddress, "v2/calls"), TelnyxLogin(), WithStream(new JsonObject
            {
                ["connection_id"] = Required(Telnyx.ConnectionId, "Telnyx:ConnectionId"),
                ["to"] = request.To,
                ["from"] = request.From,
            }, stream)),
            _ => Json(new Uri(Plivo.ApiAddress, $"v1/Account/{Required(Plivo.AuthId, "Plivo:AuthId")}/Call/"), PlivoLogin(), new JsonObject
            {
                ["to"] = request.To,
                ["from"] = request.From,
                ["answer_url"] = answerUrl,
                ["answer_method"] = "POST",
            }),
        };
        var answer = await SendAsync(message, cancellationToken).ConfigureAwait(false);
        return request.Carrier switch
        {
            PhoneCarrier.Twilio => Text(answer?["sid"]),
            PhoneCarrier.Telnyx => Text(answer?["data"]?["call_control_id"]),
            _ => Text(answer?["request_uuid"]),
        };
    }

    /// <summary>Answers an incoming call of a Call Control application, with a stream.</summary>
    /// <exception cref="HttpRequestException">Telnyx refused, or was not reached.</exception>
    internal async Task AnswerAsync(string callControlId, string commandId, StreamTarget stream, CancellationToken cancellationToken)
    {
        using var message = Json(TelnyxAction(callControlId, "answer"), TelnyxLogin(), WithStream(new JsonObject { ["command_id"] = commandId }, stream));
        await SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rejects an incoming call of a Call Control application, as busy.</summary>
    /// <exception cref="HttpRequestException">Telnyx refused, or was not reached.</exception>
    internal async Task RejectAsync(string callControlId, CancellationToken cancellationToken)
    {
        using var message = Json(TelnyxAction(callControlId, "reject"), TelnyxLogin(), new JsonObject { ["cause"] = "USER_BUSY" });
        await SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends a call, if the account is configured; without it, the end of the stream ends most calls. Does not throw.</summary>
    internal async Task TryHangUpAsync(PhoneCarrier carrier, string carrierCallId, string callId)
    {
        if (carrierCallId.Length == 0)
            return;
        var id = Uri.EscapeDataString(carrierCallId);
        using var message = carrier switch
        {
            PhoneCarrier.Twilio when Twilio is { AccountSid: { } account, AuthToken: not null } =>
                Form(new Uri(Twilio.ApiAddress, $"2010-04-01/Accounts/{account}/Calls/{id}.json"), TwilioLogin(), new() { ["Status"] = "completed" }),
            PhoneCarrier.Telnyx when Telnyx.ApiKey is not null => Json(TelnyxAction(carrierCallId, "hangup"), TelnyxLogin(), []),
            PhoneCarrier.Plivo when Plivo is { AuthId: { } account, AuthToken: not null } =>
                new HttpRequestMessage(HttpMethod.Delete, new Uri(Plivo.ApiAddress, $"v1/Account/{account}/Call/{id}/")) { Headers = { Authorization = PlivoLogin() } },
            _ => null,
        };
        if (message is null)
            return;
        try
        {
            await SendAsync(message, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            Log.HangUpFailed(logger, callId, carrier, LogText.Clean(e.Message));
        }
    }

    private async Task<JsonNode?> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var client = clients.CreateClient(ClientName);
        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
        // Bodies of errors repeat numbers and parameters; the status says enough.
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"The carrier answered with HTTP status {(int)response.StatusCode}.", null, response.StatusCode);
        var body = new byte[MaxResponseBytes];
        using var stream = await response.Content.ReadAsStreamAsync(linked.Token).ConfigureAwait(false);
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, linked.Token).ConfigureAwait(false);
        try
        {
            return length == 0 ? null : JsonNode.Parse(body.AsSpan(0, length));
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private JsonObject WithStream(JsonObject body, StreamTarget stream)
    {
        body["stream_url"] = stream.Url;
        body["stream_track"] = "inbound_track";
        body["stream_codec"] = Telnyx.Codec;
        body["stream_bidirectional_mode"] = "rtp";
        body["stream_bidirectional_codec"] = Telnyx.Codec;
        body["stream_bidirectional_sampling_rate"] = Telnyx.Codec == "L16" ? 16_000 : 8_000;
        body["client_state"] = StreamParameters.WriteState(stream.Parameters);
        return body;
    }

    private Uri TelnyxAction(string callControlId, string action) => new(Telnyx.ApiAddress, $"v2/calls/{Uri.EscapeDataString(callControlId)}/actions/{action}");

    private AuthenticationHeaderValue TwilioLogin() => Basic(Twilio.AccountSid, Required(Twilio.AuthToken, "Twilio:AuthToken"));

    private AuthenticationHeaderValue TelnyxLogin() => new("Bearer", Required(Telnyx.ApiKey, "Telnyx:ApiKey"));

    private AuthenticationHeaderValue PlivoLogin() => Basic(Plivo.AuthId, Required(Plivo.AuthToken, "Plivo:AuthToken"));

    private static AuthenticationHeaderValue Basic(string? user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static HttpRequestMessage Form(Uri address, AuthenticationHeaderValue login, Dictionary<string, string> fields) =>
        new(HttpMethod.Post, address) { Headers = { Authorization = login }, Content = new FormUrlEncodedContent(fields) };

    private static HttpRequestMessage Json(Uri address, AuthenticationHeaderValue login, JsonObject body) =>
        new(HttpMethod.Post, address) { Headers = { Authorization = login }, Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private static string Required(string? value, string name) =>
        value is { Length: > 0 } ? value : throw new InvalidOperationException($"Phone:{name} is not set; this call of the carrier's REST API needs it.");

    private static partial class Log
    {
        [LoggerMessage(EventIds.HangUpFailed, LogLevel.Warning, "Call {CallId}: {Carrier} was not told to hang up: {Error}")]
        public static partial void HangUpFailed(ILogger logger, string callId, PhoneCarrier carrier, string error);
    }
}
