using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Cli.Keys;
using Parley.Server;

namespace Parley.Cli.Admin;

/// <summary>Bodies of the admin API.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyListBody))]
[JsonSerializable(typeof(KeyRequestBody))]
[JsonSerializable(typeof(KeyChangeBody))]
[JsonSerializable(typeof(CreatedKeyBody))]
[JsonSerializable(typeof(SessionListBody))]
[JsonSerializable(typeof(NodeListBody))]
[JsonSerializable(typeof(NodeRow))]
[JsonSerializable(typeof(UsageBody))]
internal sealed partial class AdminBodies : JsonSerializerContext;

internal sealed record KeyListBody(IReadOnlyList<KeyRow>? Keys, bool? Partial);

internal sealed record KeyRequestBody(string Name, DateTimeOffset? Expires, KeyLimits Limits);

internal sealed record KeyChangeBody(KeyLimits Limits);

internal sealed record CreatedKeyBody(string Secret, KeyRow Key);

internal sealed record SessionListBody(IReadOnlyList<SessionRow>? Sessions, bool? Partial);

internal sealed record NodeListBody(IReadOnlyList<NodeRow>? Nodes, bool? Partial);

internal sealed record UsageBody(IReadOnlyList<UsageRow>? Usage, string? Currency, bool? Partial);
