using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Server.Nodes;
using Parley.Server.Sessions;

namespace Parley.Server.Endpoints;

/// <summary>Bodies of the admin API.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AdminStatus))]
[JsonSerializable(typeof(AdminKeys))]
[JsonSerializable(typeof(AdminKeyRequest))]
[JsonSerializable(typeof(AdminCreatedKey))]
[JsonSerializable(typeof(AdminKeyChange))]
[JsonSerializable(typeof(KeyLimits))]
[JsonSerializable(typeof(AdminSessions))]
[JsonSerializable(typeof(AdminNodes))]
[JsonSerializable(typeof(AdminUsage))]
[JsonSerializable(typeof(AdminShares))]
[JsonSerializable(typeof(AdminAudit))]
internal sealed partial class AdminJson : JsonSerializerContext;

internal sealed record AdminStatus(
    string NodeId, string NodeName, string Version, bool Ready, bool Stopping, int Connections, int Sessions, long TokensMinted, IReadOnlyDictionary<string, string> Parts,
    IReadOnlyList<string>? NotReady, bool Watching);

internal sealed record AdminKeys(IReadOnlyList<AdminKey> Keys, bool? Partial);

internal sealed record AdminKey(
    string Id, string Name, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? Revoked, bool Valid, KeyLimits Limits, int OpenSessions, AdminDay Today);

/// <summary><c>{"name":"web site","expires":"2027-01-01T00:00:00Z","limits":{"maxSessions":10,"models":["gemini-3*"]}}</c></summary>
internal sealed record AdminKeyRequest(string? Name, DateTimeOffset? Expires, KeyLimits? Limits);

/// <summary><c>{"limits":{"maxSessions":10}}</c>: all limits of the key.</summary>
internal sealed record AdminKeyChange(KeyLimits? Limits);

/// <summary>The only response that contains a secret.</summary>
internal sealed record AdminCreatedKey(string Secret, AdminKey Key);

/// <param name="Nodes">The nodes, by name.</param>
/// <param name="Partial">True if the store could not be read: the node that answers is the only one. Otherwise omitted, here and in other lists.</param>
internal sealed record AdminNodes(IReadOnlyList<AdminNode> Nodes, bool? Partial);

internal sealed record AdminNode(
    string Id, string Name, string Version, DateTimeOffset Started, bool Draining, bool Alive, double? SecondsSinceRenewal, int Sessions, bool Self)
{
    internal static AdminNode Of(LiveNode node, TimeSpan? sinceRenewal, bool isSelf) => new(
        node.Id, node.Name, node.Version, node.Started, node.IsDraining, node.IsAlive, sinceRenewal is { } time ? Math.Round(time.TotalSeconds, 1) : null,
        node.Sessions, isSelf);
}

internal sealed record AdminSessions(IReadOnlyList<AdminSession> Sessions, bool? Partial);

/// <summary>A session; <c>messagesReceived</c> and what follows it only if it is on the node that answers. Usage is that of the connection.</summary>
internal sealed record AdminSession(
    string Id, string ConnectionId, string NodeId, string? NodeName, string KeyId, bool OnToken, string Model, bool Resumed, DateTimeOffset Since, DateTimeOffset Until,
    long? MessagesReceived, string? State = null, long? PromptTokens = null, long? ResponseTokens = null, decimal? Cost = null, int? Watchers = null)
{
    internal static AdminSession Of(HostedSession session, ThisNode node, SessionWatches watches) => new(
        session.SessionId, session.ConnectionId, node.Id, node.Name, session.KeyId, session.IsOnToken, session.Model, session.IsResumed, session.Started, session.End,
        session.Received, session.State, session.Usage.PromptTokens, session.Usage.ResponseTokens, session.Usage.Cost,
        watches.CountOf(session.SessionId) is > 0 and var count ? count : null);

    internal static AdminSession Of(NodeSession session, string? nodeName) => new(
        session.SessionId, session.ConnectionId, session.NodeId, nodeName, session.KeyId, session.IsOnToken, session.Model, session.IsResumed, session.Started,
        session.Until, null);
}

/// <param name="Usage">Sums by day and key.</param>
/// <param name="Closes">Ends of connections.</param>
/// <param name="Currency">Currency of costs; omitted if no model has a price.</param>
/// <param name="Partial">As in other lists.</param>
internal sealed record AdminUsage(IReadOnlyList<AdminDay> Usage, IReadOnlyList<AdminCloses> Closes, string? Currency, bool? Partial);

internal sealed record AdminDay(string Day, string KeyId, long Sessions, long Resumes, double Minutes, long PromptTokens, long ResponseTokens, decimal? Cost, long? UnpricedTokens)
{
    internal static AdminDay Of(DayUsage day) =>
        new(Format(day.Day), day.KeyId, day.Sessions, day.Resumes, Math.Round(day.Milliseconds / 60_000.0, 2), day.PromptTokens, day.ResponseTokens,
            day.Cost, day.UnpricedTokens > 0 ? day.UnpricedTokens : null);

    internal static string Format(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

internal sealed record AdminCloses(string Day, string KeyId, int Code, string Cause, long Count)
{
    internal static AdminCloses Of(DayCloses day) => new(AdminDay.Format(day.Day), day.KeyId, day.Code, day.Cause, day.Count);
}

internal sealed record AdminShares(IReadOnlyList<AdminShare> Shares);

internal sealed record AdminShare(string Id, string KeyId, long Bytes, DateTimeOffset Created, DateTimeOffset Expires);

internal sealed record AdminAudit(IReadOnlyList<AuditEntry> Entries);
