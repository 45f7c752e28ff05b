using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Calls;
using Parley.Server.Nodes;
using Parley.Server.Webhooks;

namespace Parley.Server.Endpoints;

/// <summary>
/// <c>/live/calls</c>: other processes take part in the calls of their key, or with a control key in all, with the verbs of <see cref="LiveCall"/>. Other calls are not
/// found. Each action is in the audit log.
/// </summary>
internal sealed class CallEndpoints(
    CallControl control, ApiMethod method, ClusterView cluster, ThisNode node, AuditLog audit, KeyRing keys, IOptions<LiveApiOptions> options, TimeProvider time)
{
    /// <summary>A line is sent this often at least: proxies keep the connection, and a reader who has left is noticed.</summary>
    internal static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    private const int MaxBodyBytes = 1 << 20;

    // A user is the client of the call: what is pinned for it, it must not change from outside.
    private Task RunAsync(HttpContext context, Func<Caller, Task> act) => method.RunAsync(context, caller =>
        caller.User is null ? act(caller) : throw ApiException.PermissionDenied("Calls are controlled with a key of this server, not with the sign-in of a user."));

    internal Task ListAsync(HttpContext context) => RunAsync(context, caller => context.Response.WriteAsJsonAsync(
        new CallList([.. control.Running.Where(side => IsInReach(side, caller)).Select(static side =>
            new CallBody(side.Start.SessionId, side.Start.ConnectionId, side.Start.Setup.Model!, side.Call.IsResumed, side.Start.Caller!.KeyId))]),
        CallJson.Default.CallList, cancellationToken: context.RequestAborted));

    internal Task SendTextAsync(HttpContext context) => ActAsync(context, "call.text", CallJson.Default.TextBody, async (side, body) =>
        new DoneBody(await side.Call.SendTextAsync(Required(body.Text), body.Now).AsTask().WaitAsync(context.RequestAborted).ConfigureAwait(false)));

    internal Task UpdateInstructionAsync(HttpContext context) => ActAsync(context, "call.instruction", CallJson.Default.TextBody, async (side, body) =>
        new DoneBody(await side.Call.UpdateInstructionAsync(Required(body.Text), body.Now).AsTask().WaitAsync(context.RequestAborted).ConfigureAwait(false)));

    internal Task CutAsync(HttpContext context) => ActAsync(context, "call.cut", CallJson.Default.EmptyBody, static (side, _) => Task.FromResult(new DoneBody(side.Call.Cut())));

    internal Task EndAsync(HttpContext context) => ActAsync(context, "call.ended", CallJson.Default.EndBody, static (side, body) =>
    {
        try
        {
            side.Call.End(body.Code ?? 1000, body.Reason ?? "");
        }
        catch (ArgumentOutOfRangeException)
        {
            throw ApiException.InvalidArgument("code must be 1000, 1008, or from 3000 to 4999.");
        }
        return Task.FromResult(new DoneBody(true));
    });

    internal Task AddToolsAsync(HttpContext context) => ActAsync(context, "call.tools", CallJson.Default.ToolsBody, async (side, body) =>
    {
        foreach (var function in Declarations(body))
            side.Additions.AddLate(new RemoteFunction(function, side.RemoteCalls));
        return new DoneBody(await side.SendToolsAsync().ConfigureAwait(false));
    });

    internal Task AnswerAsync(HttpContext context) => ActAsync(context, "call.answered", CallJson.Default.AnswerBody, (side, body) =>
    {
        if (body.Response is not { ValueKind: JsonValueKind.Object } response)
            throw ApiException.InvalidArgument("response must be an object.");
        var id = (string)context.Request.RouteValues["callId"]!;
        if (!side.IsOwn(id))
            throw ApiException.NotFound($"Call '{LogText.Clean(id)}' of a function is not open.");
        return Task.FromResult(new DoneBody(side.RemoteCalls.GetOrAdd(id, RemoteFunction.NewCall).TrySetResult(response.Clone())));
    });

    /// <summary>The events of a call as JSON lines, until its session is over.</summary>
    internal Task ReadEventsAsync(HttpContext context) => RunAsync(context, async caller =>
    {
        var side = await FindAsync(context, caller).ConfigureAwait(false);
        using var feed = control.TrySubscribe(side.Start.SessionId) ?? throw ApiException.TooMany($"The call has {CallControl.MaxFeeds} readers already.");
        await audit.RequireAsync(context, "call.read", side.Start.SessionId, "key " + caller.KeyId).ConfigureAwait(false);
        try
        {
            await WriteAsync(context, feed).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The reader has left.
        }
    });

    private async Task WriteAsync(HttpContext context, CallFeed feed)
    {
        var response = context.Response;
        response.ContentType = "application/x-ndjson; charset=utf-8";
        // For nginx, which otherwise collects the answer.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await AliveAsync().ConfigureAwait(false);
        Task<bool>? waiting = null;
        while (true)
        {
            waiting ??= feed.Events.WaitToReadAsync(context.RequestAborted).AsTask();
            try
            {
                await waiting.WaitAsync(SignOfLife, time, context.RequestAborted).ConfigureAwait(false);
                waiting = null;
            }
            catch (TimeoutException)
            {
                await AliveAsync().ConfigureAwait(false);
                continue;
            }
            while (feed.Events.TryRead(out var sessionEvent))
            {
                await WriteLineAsync(EventJson.Write(sessionEvent)).ConfigureAwait(false);
                if (sessionEvent is LiveSessionEnded { MayResume: false })
                    return;
            }
        }

        Task AliveAsync() => WriteLineAsync(JsonSerializer.SerializeToUtf8Bytes(new AliveLine("alive", feed.Dropped), CallJson.Default.AliveLine));

        async Task WriteLineAsync(byte[] line)
        {
            await response.Body.WriteAsync((byte[])[.. line, (byte)'\n'], context.RequestAborted).ConfigureAwait(false);
            await response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }

    private Task ActAsync<TBody>(HttpContext context, string action, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TBody> type, Func<CallSide, TBody, Task<DoneBody>> act)
        where TBody : class => RunAsync(context, async caller =>
        {
            var side = await FindAsync(context, caller).ConfigureAwait(false);
            var body = await ReadAsync(context.Request, type).ConfigureAwait(false);
            // An action that cannot be recorded does not happen.
            await audit.RequireAsync(context, action, side.Start.SessionId, "key " + caller.KeyId).ConfigureAwait(false);
            var done = await act(side, body).ConfigureAwait(false);
            await context.Response.WriteAsJsonAsync(done, CallJson.Default.DoneBody, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        });

    private async ValueTask<CallSide> FindAsync(HttpContext context, Caller caller)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (control.Find(id) is { } side && IsInReach(side, caller))
            return side;
        var (sessions, _) = await cluster.ListSessionsAsync(context.RequestAborted).ConfigureAwait(false);
        if (sessions.FirstOrDefault(session => session.Id == id && (IsControlKey(caller) || session.KeyId == caller.KeyId) && session.NodeId != node.Id) is { } other)
            throw ApiException.Elsewhere($"Call '{LogText.Clean(id)}' is on node '{other.NodeName ?? other.NodeId}'. Ask that node.");
        throw ApiException.NotFound($"Call '{LogText.Clean(id)}' not found.");
    }

    private bool IsInReach(CallSide side, Caller caller) => side.Start.Caller is { } client && (client.Owner == caller.Owner || IsControlKey(caller));

    private bool IsControlKey(Caller caller) => options.Value.Calls.ControlKeys.Any(key => (keys.IdOf(key) ?? key) == caller.KeyId);

    private static async ValueTask<TBody> ReadAsync<TBody>(HttpRequest request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TBody> type)
        where TBody : class
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBodyBytes;
        if (request.ContentLength is 0 or null && type.Type == typeof(EmptyBody))
            return (TBody)(object)new EmptyBody();
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted).ConfigureAwait(false) ?? throw ApiException.InvalidArgument("The body must be a JSON object without unknown members.");
        }
        catch (JsonException)
        {
            throw ApiException.InvalidArgument("The body must be a JSON object without unknown members.");
        }
        catch (BadHttpRequestException e)
        {
            throw e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ApiException.TooLarge($"The body must be at most {MaxBodyBytes} bytes long.") : ApiException.InvalidArgument("The body cannot be read.");
        }
    }

    private static string Required(string? text) => string.IsNullOrWhiteSpace(text) ? throw ApiException.InvalidArgument("text must not be empty.") : text;

    private static List<FunctionDeclaration> Declarations(ToolsBody body)
    {
        if (body.FunctionDeclarations is not { ValueKind: JsonValueKind.Array } list)
            throw ApiException.InvalidArgument("functionDeclarations must be a list.");
        try
        {
            var setup = LiveCodec.DecodeSetup([.. "{\"tools\":[{\"functionDeclarations\":"u8, .. System.Text.Encoding.UTF8.GetBytes(list.GetRawText()), .. "}]}"u8]);
            var functions = setup.Tools?.SelectMany(static tool => tool.FunctionDeclarations ?? []).ToList() ?? [];
            return functions.Count > 0 && functions.TrueForAll(static function => !string.IsNullOrEmpty(function.Name))
                ? functions
                : throw ApiException.InvalidArgument("functionDeclarations must have at least one function, and each needs a name.");
        }
        catch (LiveProtocolException e)
        {
            throw ApiException.InvalidArgument(e.Message);
        }
    }
}

/// <summary>Bodies of <c>/live/calls</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CallList))]
[JsonSerializable(typeof(TextBody))]
[JsonSerializable(typeof(EmptyBody))]
[JsonSerializable(typeof(EndBody))]
[JsonSerializable(typeof(ToolsBody))]
[JsonSerializable(typeof(AnswerBody))]
[JsonSerializable(typeof(DoneBody))]
[JsonSerializable(typeof(AliveLine))]
internal sealed partial class CallJson : JsonSerializerContext;

internal sealed record CallList(IReadOnlyList<CallBody> Calls);

internal sealed record CallBody(string Id, string ConnectionId, string Model, bool Resumed, string KeyId);

internal sealed record TextBody(string? Text, bool Now = false);

internal sealed record EmptyBody;

internal sealed record EndBody(int? Code, string? Reason);

internal sealed record ToolsBody(JsonElement? FunctionDeclarations);

internal sealed record AnswerBody(JsonElement? Response);

internal sealed record DoneBody(bool Done);

internal sealed record AliveLine(string Type, long Dropped);
