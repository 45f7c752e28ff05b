using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Parley.Phone.Calls;
using Parley.Phone.Telemetry;
using Parley.Server.Endpoints;

namespace Parley.Phone.Endpoints;

/// <summary><c>/phone/calls</c>, with the admin secret: lists, makes and ends calls.</summary>
internal sealed class CallsEndpoint(PhoneCalls calls, CallServices services, AdminEndpoints admin)
{
    internal RequestDelegate Guard(RequestDelegate handle) => context => admin.GuardAsync(context, handle);

    internal Task ListAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new CallList([.. calls.Active.OrderBy(static call => call.Started).Select(Describe)]), CallsJson.Default.CallList, cancellationToken: context.RequestAborted);

    internal async Task CreateAsync(HttpContext context)
    {
        CallBody? body = null;
        try
        {
            body = await context.Request.ReadFromJsonAsync(CallsJson.Default.CallBody, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }
        if (body is not { Carrier: { } name, From: { } from, To: { } to } || !Enum.TryParse<PhoneCarrier>(name, ignoreCase: true, out var carrier) || !char.IsAsciiLetter(name[0]))
        {
            await ApiJson.WriteErrorAsync(context, 400, "INVALID_ARGUMENT", "The body must be {\"carrier\":\"twilio\",\"from\":\"+1…\",\"to\":\"+1…\"}.").ConfigureAwait(false);
            return;
        }
        try
        {
            var id = await calls.CallAsync(new PhoneCallRequest { Carrier = carrier, From = from, To = to, Parameters = body.Parameters }, context.RequestAborted).ConfigureAwait(false);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            await context.Response.WriteAsJsonAsync(new PlacedCall(PhoneMetrics.NameOf(carrier), id), CallsJson.Default.PlacedCall, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            await ApiJson.WriteErrorAsync(context, 400, "INVALID_ARGUMENT", e.Message).ConfigureAwait(false);
        }
        catch (InvalidOperationException e)
        {
            await ApiJson.WriteErrorAsync(context, 409, "FAILED_PRECONDITION", e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            await ApiJson.WriteErrorAsync(context, 502, "UNAVAILABLE", e is HttpRequestException ? e.Message : "The carrier did not answer in time.").ConfigureAwait(false);
        }
    }

    internal async Task HangUpAsync(HttpContext context)
    {
        if (calls.Find(context.Request.RouteValues["id"] as string ?? "") is not { } call)
        {
            await ApiJson.WriteErrorAsync(context, 404, "NOT_FOUND", "There is no such call.").ConfigureAwait(false);
            return;
        }
        await call.HangUpAsync().WaitAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private CallEntry Describe(PhoneCall call) => new(
        call.Id, PhoneMetrics.NameOf(call.Carrier), call.CarrierCallId, CallText.ForLog(call.From, services.Options.LogNumbers), CallText.ForLog(call.To, services.Options.LogNumbers),
        call.IsOutbound, call.Started);
}

internal sealed record CallBody(string? Carrier, string? From, string? To, Dictionary<string, string>? Parameters);

/// <summary><c>{"carrier":"twilio","carrierCallId":"CA…"}</c></summary>
internal sealed record PlacedCall(string Carrier, string CarrierCallId);

/// <summary><c>{"calls":[{"id":"…","carrier":"twilio","carrierCallId":"CA…","from":"…00","to":"…11","outbound":false,"started":"…"}]}</c></summary>
internal sealed record CallList(IReadOnlyList<CallEntry> Calls);

internal sealed record CallEntry(string Id, string Carrier, string CarrierCallId, string From, string To, bool Outbound, DateTimeOffset Started);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CallBody))]
[JsonSerializable(typeof(PlacedCall))]
[JsonSerializable(typeof(CallList))]
internal sealed partial class CallsJson : JsonSerializerContext;
