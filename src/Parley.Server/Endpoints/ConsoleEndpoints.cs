using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Models;

namespace Parley.Server.Endpoints;

/// <summary>Endpoints of the browser console: information about the server, and a token for one session at a time.</summary>
internal sealed class ConsoleEndpoints(
    ConsoleLogin login, RequestOrigin origins, TokenMint mint, LiveModelCatalogue catalogue, IVoiceNames voices, IEnumerable<ILiveHealthPart> parts,
    ShareEndpoints shares, IOptions<LiveApiOptions> options)
{
    /// <summary>A key is far shorter; a longer body is not read completely.</summary>
    private const int MaxBodyBytes = 4_096;

    /// <summary>The part of the server that says in one line which engines answer.</summary>
    private const string EnginesPart = "engines";

    private static readonly string Version =
        typeof(ConsoleEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Checks that the page may use the server, and answers errors of <paramref name="handle"/> in the format of Google's services.</summary>
    internal async Task GuardAsync(HttpContext context, RequestDelegate handle)
    {
        try
        {
            if (!origins.IsPageAllowed(context))
                throw ApiException.ForeignOrigin;
            await handle(context).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            await ApiJson.WriteErrorAsync(context, e).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            await ApiJson.WriteErrorAsync(context, 503, "UNAVAILABLE", LiveClose.Unavailable.Reason).ConfigureAwait(false);
        }
    }

    /// <summary><c>GET /console/about</c>. <c>login</c> is true exactly if <c>/console/token</c> would answer 401.</summary>
    internal async Task AboutAsync(HttpContext context)
    {
        var engines = parts.FirstOrDefault(static part => part.Name == EnginesPart)?.State;
        var about = new ConsoleAbout(Version, [.. catalogue.Names], voices.All, await login.FindCallerAsync(context).ConfigureAwait(false) is null, IsAdminAvailable(context), engines, shares.Describe());
        await WriteAsync(context, about, ConsoleJson.Default.ConsoleAbout).ConfigureAwait(false);
    }

    /// <summary><c>POST /console/token</c>: a token for one session, which must be opened within a minute.</summary>
    internal async Task TokenAsync(HttpContext context)
    {
        if (await login.FindCallerAsync(context).ConfigureAwait(false) is not { } caller)
        {
            await ApiJson.WriteErrorAsync(context, 401, "UNAUTHENTICATED", "Log in with a key of this server first.").ConfigureAwait(false);
            return;
        }
        var token = new ConsoleToken((await mint.MintAsync(new AuthTokenRequest(), caller, metadata: null, context.RequestAborted).ConfigureAwait(false)).Name);
        await WriteAsync(context, token, ConsoleJson.Default.ConsoleToken).ConfigureAwait(false);
    }

    /// <summary><c>POST /console/login</c> <c>{"key":"…"}</c></summary>
    internal async Task LoginAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBodyBytes;
        ConsoleKey? given = null;
        try
        {
            given = await JsonSerializer.DeserializeAsync(context.Request.Body, ConsoleJson.Default.ConsoleKey, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or BadHttpRequestException)
        {
            // Answered below like an invalid key.
        }
        if (given?.Key is { Length: > 0 } key && await login.TryLoginAsync(context, key).ConfigureAwait(false))
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await ApiJson.WriteErrorAsync(context, 403, "PERMISSION_DENIED", "This server does not accept the key. The development key works without a proxy at http://localhost only.").ConfigureAwait(false);
    }

    // The admin view is useful only if the admin API answers on the address of the page.
    private bool IsAdminAvailable(HttpContext context) =>
        options.Value.Admin.Secret is not null && (options.Value.Admin.Port is not { } port || context.Connection.LocalPort == port);

    private static Task WriteAsync<T>(HttpContext context, T body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(body, type, cancellationToken: context.RequestAborted);
    }
}

/// <summary><c>{"version":"0.1.0","models":["x"],"voices":[{"name":"Kore","character":"firm"}],"login":false,"admin":false,"engines":"…","sharing":{"maxBytes":1024,"days":7}}</c></summary>
internal sealed record ConsoleAbout(
    string Version, IReadOnlyList<string> Models, IReadOnlyList<VoiceName> Voices, bool Login, bool Admin, string? Engines, ConsoleSharing? Sharing);

internal sealed record ConsoleSharing(int MaxBytes, double Days);

/// <summary><c>{"id":"…","secret":"…","expires":"2026-11-30T08:00:00+00:00"}</c>: the secret deletes it.</summary>
internal sealed record ConsoleShare(string Id, string Secret, DateTimeOffset Expires);

/// <summary><c>{"name":"auth_tokens/…"}</c></summary>
internal sealed record ConsoleToken(string Name);

internal sealed record ConsoleKey(string? Key);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConsoleAbout))]
[JsonSerializable(typeof(ConsoleToken))]
[JsonSerializable(typeof(ConsoleKey))]
[JsonSerializable(typeof(ConsoleShare))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
