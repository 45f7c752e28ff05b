using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.Server;
using Parley.Server.Access;
using Parley.Server.Endpoints;
using Parley.Testing.Files;

namespace Parley.Testing.Emulator;

/// <summary>
/// The control API: HTTP under <c>/_parley</c> for the first scenario, under <c>/_parley/spaces/{key}</c> for each. Only programs of this machine and pages of
/// it may use it; errors have the form of Google's services.
/// </summary>
internal sealed partial class ControlEndpoints(EmulatorSpaces spaces, LiveEmulatorOptions options, Func<Uri> address)
{
    private static readonly TimeSpan LongestAdvance = TimeSpan.FromHours(24);

    /// <summary>Quotes and umlauts as they are, for people who read answers in a terminal.</summary>
    private static readonly ControlJson Json = new(new JsonSerializerOptions(ControlJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly RequestOrigin _origin = new(Options.Create(new LiveApiOptions()));

    internal void Map(WebApplication app) => app.Run(GuardAsync);

    private async Task GuardAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            if (_origin.WhyNotLocal(context) is { } reason)
                throw new ControlException(403, "PERMISSION_DENIED", $"The control API is for programs of this machine; the request comes from {reason}.");
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (ControlException e)
        {
            await ApiJson.WriteErrorAsync(context, e.Code, e.Status, e.Message).ConfigureAwait(false);
        }
        catch (ScenarioFileException e)
        {
            await ApiJson.WriteErrorAsync(context, 400, "INVALID_ARGUMENT", e.Message).ConfigureAwait(false);
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        string[] path = [.. context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        return path switch
        {
            ["spaces"] => Method(context, ("GET", () => ListAsync(context)), ("POST", () => CreateAsync(context))),
            ["spaces", var key] => Method(context, ("GET", () => StatusAsync(context, Find(key))), ("DELETE", () => DeleteAsync(context, key))),
            ["spaces", var key, var operation] => RunAsync(context, Find(key), operation),
            [] => Method(context, ("GET", () => StatusAsync(context, spaces.Default))),
            [var operation] => RunAsync(context, spaces.Default, operation),
            _ => throw NotFound(context),
        };
    }

    private Task RunAsync(HttpContext context, EmulatorSpace space, string operation) => operation switch
    {
        "reset" => Method(context, ("POST", () => ReplaceAsync(context, space, space.File))),
        "scenario" => Method(context, ("PUT", () => ReplaceAsync(context, space))),
        "advance" => Method(context, ("POST", () => AdvanceAsync(context, space))),
        "cut" => Method(context, ("POST", () => WriteAsync(context, new CutBody(space.Server.CutConnections()), Json.CutBody))),
        "faults" => Method(
            context, ("GET", () => FaultsAsync(context, space)), ("POST", () => AddFaultAsync(context, space)), ("DELETE", () => ClearFaultsAsync(context, space))),
        "journal" => Method(context, ("GET", () => JournalAsync(context, space))),
        "verify" => Method(context, ("GET", () => VerifyAsync(context, space)), ("POST", () => VerifyAsync(context, space))),
        _ => throw NotFound(context),
    };

    private static Task Method(HttpContext context, params ReadOnlySpan<(string Method, Func<Task> Run)> allowed)
    {
        foreach (var (method, run) in allowed)
        {
            if (context.Request.Method == method)
                return run();
        }
        var names = new List<string>();
        foreach (var (method, _) in allowed)
            names.Add(method);
        context.Response.Headers.Allow = string.Join(", ", names);
        throw new ControlException(405, "UNIMPLEMENTED", $"{context.Request.Method} is not allowed here; use {string.Join(" or ", names)}.");
    }

    private static ControlException NotFound(HttpContext context) => new(
        404, "NOT_FOUND",
        $"There is no {context.Request.Path}. Below {LiveEmulator.ControlPath} or {LiveEmulator.ControlPath}/spaces/KEY are "
        + "reset, scenario, advance, cut, faults, journal and verify.");

    private EmulatorSpace Find(string key) =>
        spaces.Find(key) ?? throw new ControlException(
            404, "NOT_FOUND", $"There is no space with the key '{FileProblems.Shorten(key)}'. POST {LiveEmulator.ControlPath}/spaces creates one.");

    private Task ListAsync(HttpContext context) => WriteAsync(context, new SpaceList([.. spaces.All.Select(Describe)]), Json.SpaceList);

    private Task StatusAsync(HttpContext context, EmulatorSpace space) => WriteAsync(context, Describe(space), Json.SpaceBody);

    private async Task CreateAsync(HttpContext context)
    {
        var body = await ReadAsync(context, Json.NewSpace).ConfigureAwait(false) ?? new NewSpace();
        if (body.Key is { } key && (key.Length is 0 or > 100 || !key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
            throw ControlException.InvalidArgument("'key' must have 1 to 100 letters, digits, '-', '_' or '.'.");
        EmulatorSpace? space;
        try
        {
            space = await spaces.AddAsync(body.Key, ScenarioOf(body.Scenario), context.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidOperationException e)
        {
            throw new ControlException(429, "RESOURCE_EXHAUSTED", e.Message);
        }
        if (space is null)
            throw new ControlException(409, "ALREADY_EXISTS", $"There is a space with the key '{body.Key}' already. Leave 'key' out for a random one.");
        context.Response.StatusCode = StatusCodes.Status201Created;
        await StatusAsync(context, space).ConfigureAwait(false);
    }

    private ScenarioFile? ScenarioOf(JsonElement? scenario)
    {
        if (scenario is not { ValueKind: not JsonValueKind.Null } given)
            return spaces.Default.File;
        if (given.ValueKind != JsonValueKind.String)
            return ScenarioFile.Parse(given.GetRawText(), "scenario.json");
        var name = given.GetString()!;
        var known = options.Scenarios.Count == 0 ? "none" : FileProblems.Names(options.Scenarios.Select(static file => file.Name));
        return options.Scenarios.FirstOrDefault(file => file.Name == name || Path.GetFileNameWithoutExtension(file.File) == name)
            ?? throw ControlException.InvalidArgument($"There is no scenario '{FileProblems.Shorten(name)}'. The emulator was started with {known}.");
    }

    private async Task DeleteAsync(HttpContext context, string key)
    {
        if (Find(key) == spaces.Default)
            throw ControlException.InvalidArgument("The first space of an emulator stays. Reset it instead.");
        await spaces.RemoveAsync(key).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ReplaceAsync(HttpContext context, EmulatorSpace space) =>
        await ReplaceAsync(context, space, await ReadScenarioAsync(context).ConfigureAwait(false)).ConfigureAwait(false);

    private async Task ReplaceAsync(HttpContext context, EmulatorSpace space, ScenarioFile? file)
    {
        await space.ReplaceAsync(file, context.RequestAborted).ConfigureAwait(false);
        await StatusAsync(context, space).ConfigureAwait(false);
    }

    private static async Task AdvanceAsync(HttpContext context, EmulatorSpace space)
    {
        if (!space.HasVirtualTime)
            throw new ControlException(400, "FAILED_PRECONDITION", "The emulator runs in real time. Start it with --virtual-time to advance its clock.");
        var body = await ReadAsync(context, Json.AdvanceBody).ConfigureAwait(false);
        if (body?.Time is not { } text || !FileDuration.TryParse(text, out var time) || time > LongestAdvance)
            throw ControlException.InvalidArgument($"'time' must be {FileDuration.Allowed}, at most 24h, not '{FileProblems.Shorten(body?.Time ?? "")}'.");
        await space.AdvanceAsync(time, context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, new TimeBody(space.Server.Clock.Elapsed.TotalSeconds), Json.TimeBody).ConfigureAwait(false);
    }

    private static async Task VerifyAsync(HttpContext context, EmulatorSpace space)
    {
        if (await space.VerifyAsync(context.RequestAborted).ConfigureAwait(false) is { } report)
            throw new ControlException(409, "FAILED_PRECONDITION", report);
        await WriteAsync(context, new VerifyBody(true), Json.VerifyBody).ConfigureAwait(false);
    }

    private SpaceBody Describe(EmulatorSpace space)
    {
        var url = address().GetLeftPart(UriPartial.Authority);
        var server = space.Server;
        return new SpaceBody(
            space.Key, url, $"{url}{LiveEmulator.ControlPath}/spaces/{Uri.EscapeDataString(space.Key)}", space.File?.Name, server.Journal.Connections,
            space.HasVirtualTime ? server.Clock.Elapsed.TotalSeconds : null, [.. server.Scenario.Rules.Select(static rule => rule.ToString())]);
    }

    private static async Task<ScenarioFile> ReadScenarioAsync(HttpContext context)
    {
        var text = Encoding.UTF8.GetString(await ReadBodyAsync(context).ConfigureAwait(false));
        var isJson = context.Request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true;
        return ScenarioFile.Parse(text, isJson ? "scenario.json" : "scenario.yaml");
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var body = await ReadBodyAsync(context).ConfigureAwait(false);
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException e)
        {
            throw ControlException.InvalidArgument($"The body is not as documented: {e.Message}");
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        var body = new byte[FileLimits.Bytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        return length <= FileLimits.Bytes ? body[..length]
            : throw new ControlException(413, "INVALID_ARGUMENT", string.Create(CultureInfo.InvariantCulture, $"The body is longer than {FileLimits.Bytes} bytes."));
    }

    private static Task WriteAsync<T>(HttpContext context, T body, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(body, type, cancellationToken: context.RequestAborted);
}
