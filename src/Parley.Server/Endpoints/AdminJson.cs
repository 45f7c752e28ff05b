using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Server.Endpoints;

/// <summary>Bodies of the admin API.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AdminStatus))]
[JsonSerializable(typeof(AdminKeys))]
[JsonSerializable(typeof(AdminKeyRequest))]
[JsonSerializable(typeof(AdminCreatedKey))]
[JsonSerializable(typeof(AdminSessions))]
[JsonSerializable(typeof(AdminUsage))]
internal sealed partial class AdminJson : JsonSerializerContext;

internal sealed record AdminStatus(string Version, bool Ready, bool Stopping, int Connections, int Sessions, long TokensMinted, IReadOnlyDictionary<string, string> Parts);

internal sealed record AdminKeys(IReadOnlyList<AdminKey> Keys);

internal sealed record AdminKey(
    string Id, string Name, DateTimeOffset Created, DateTimeOffset? Expires, DateTimeOffset? Revoked, bool Valid, KeyLimits Limits, int OpenSessions, AdminDay Today);

/// <summary><c>{"name":"web site","expires":"2027-01-01T00:00:00Z","limits":{"maxSessions":10,"models":["gemini-3*"]}}</c></summary>
internal sealed record AdminKeyRequest(string? Name, DateTimeOffset? Expires, KeyLimits? Limits);

/// <summary>The only response that contains a secret.</summary>
internal sealed record AdminCreatedKey(string Secret, AdminKey Key);

internal sealed record AdminSessions(IReadOnlyList<AdminSession> Sessions);

internal sealed record AdminSession(
    string Id, string ConnectionId, string KeyId, bool OnToken, string Model, bool Resumed, DateTimeOffset Since, DateTimeOffset Until, long MessagesReceived);

internal sealed record AdminUsage(IReadOnlyList<AdminDay> Usage, IReadOnlyList<AdminCloses> Closes);

internal sealed record AdminDay(string Day, string KeyId, long Sessions, long Resumes, double Minutes, long PromptTokens, long ResponseTokens)
{
    internal static AdminDay Of(DayUsage day) =>
        new(Format(day.Day), day.KeyId, day.Sessions, day.Resumes, Math.Round(day.Milliseconds / 60_000.0, 2), day.PromptTokens, day.ResponseTokens);

    internal static string Format(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

internal sealed record AdminCloses(string Day, string KeyId, int Code, string Cause, long Count)
{
    internal static AdminCloses Of(DayCloses day) => new(AdminDay.Format(day.Day), day.KeyId, day.Code, day.Cause, day.Count);
}
