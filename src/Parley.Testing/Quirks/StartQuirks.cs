using System.Text.Json;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Quirks;

// Quirks of the setup and of resumption.

internal sealed class OneConnectAtATime : QuirkStage
{
    private static readonly TimeSpan Takes = TimeSpan.FromSeconds(1);

    internal override async ValueTask StartingAsync(CancellationToken cancellationToken)
    {
        var owner = Session.Start.Caller?.Owner ?? "";
        if (!Session.World.Starting.TryAdd(owner, true))
            throw new LiveCloseException(LiveClose.SetupFirst);
        try
        {
            await Task.Delay(Takes, Session.Time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Session.World.Starting.TryRemove(owner, out _);
        }
    }
}

internal sealed class RefusedNullHandle : QuirkStage
{
    internal override ValueTask StartingAsync(CancellationToken cancellationToken)
    {
        using var json = JsonDocument.Parse(Session.RawSetup());
        if (Member(json.RootElement, "setup") is { } setup
            && (Member(setup, "sessionResumption") ?? Member(setup, "session_resumption")) is { } resumption
            && Member(resumption, "handle") is { ValueKind: JsonValueKind.Null })
        {
            throw new LiveCloseException(LiveClose.InvalidArgument);
        }
        return default;
    }

    private static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;
}

internal sealed class RefusedSchemas : QuirkStage
{
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "type", "format", "title", "description", "nullable", "enum", "items", "minItems", "maxItems", "properties", "required", "minProperties", "maxProperties",
        "minimum", "maximum", "minLength", "maxLength", "pattern", "example", "anyOf", "propertyOrdering", "default",
    };

    internal override ValueTask StartingAsync(CancellationToken cancellationToken)
    {
        var schemas = (Session.Start.Setup.Tools ?? []).SelectMany(static tool => tool.FunctionDeclarations ?? []).Select(static function => function.ParametersJsonSchema);
        if (schemas.Any(static schema => schema is { } given && !IsSubset(given)))
            throw new LiveCloseException(LiveClose.InvalidArgument);
        return default;
    }

    private static bool IsSubset(JsonElement schema) => schema.ValueKind switch
    {
        JsonValueKind.Object => schema.EnumerateObject().All(static member => Keywords.Contains(member.Name) && member.Name switch
        {
            "properties" => member.Value.ValueKind == JsonValueKind.Object && member.Value.EnumerateObject().All(static property => IsSubset(property.Value)),
            "items" => IsSubset(member.Value),
            "anyOf" => member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(IsSubset),
            "type" => member.Value.ValueKind == JsonValueKind.String,
            _ => true,
        }),
        _ => false,
    };
}

internal sealed class ResumeNeedsClosedSocket : QuirkStage
{
    internal override ValueTask StartingAsync(CancellationToken cancellationToken) =>
        Session.IsResumed && Session.World.Open.Any(other => other.Start.SessionId == Session.Start.SessionId) ? throw new LiveCloseException(LiveClose.Internal) : default;
}

internal sealed class StaleHandles : QuirkStage
{
    internal override ValueTask StartingAsync(CancellationToken cancellationToken) => Session.IsResumed ? throw new LiveCloseException(LiveClose.SessionNotFound) : default;
}

internal sealed class ResumeCostsTokenUse : QuirkStage
{
    internal override ValueTask StartingAsync(CancellationToken cancellationToken) =>
        Session is { IsResumed: true, Start.Caller.HasToken: true } ? throw new LiveCloseException(LiveClose.TokenUsedUp) : default;
}

internal sealed class IdleCut : QuirkStage
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(150);

    private ITimer? _timer;

    internal override ValueTask StartingAsync(CancellationToken cancellationToken)
    {
        _timer = Session.After(Idle, () => Outer.Close(LiveClose.Aborted));
        return default;
    }

    internal override void Observed(JournalEntry entry) => _timer?.Change(Idle, Timeout.InfiniteTimeSpan);
}

internal sealed class LifetimeEndsAsError : QuirkStage
{
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(1);

    internal override void Observed(JournalEntry entry)
    {
        if (entry.Response?.GoAway?.TimeLeft is { } left)
            Session.After(left > Early ? left - Early : left, () => Outer.Close(LiveClose.Internal));
    }
}

internal sealed class SilenceAfterGoAway : QuirkStage
{
    private bool _isSilent;

    internal override void Observed(JournalEntry entry)
    {
        if (entry.Response?.GoAway is not null)
            Volatile.Write(ref _isSilent, true);
    }

    internal override void ToClient(LiveSessionResponse message)
    {
        if (!Volatile.Read(ref _isSilent))
            Outer.ToClient(message);
    }

    internal override void MediaToClient(in LiveMedia media)
    {
        if (!Volatile.Read(ref _isSilent))
            Outer.MediaToClient(media);
    }
}
