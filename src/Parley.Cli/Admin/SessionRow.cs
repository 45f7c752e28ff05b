using Parley.Cli.Commands;
using Parley.Cli.Output;

namespace Parley.Cli.Admin;

/// <summary>A live session as a list shows it; the names are those of the admin API.</summary>
internal sealed record SessionRow
{
    internal static readonly string[] Header = ["ID", "NODE", "KEY", "MODEL", "AGE", "LEFT"];

    public string Id { get; init; } = "";

    public string ConnectionId { get; init; } = "";

    public string KeyId { get; init; } = "";

    public bool OnToken { get; init; }

    public string Model { get; init; } = "";

    public bool Resumed { get; init; }

    public DateTimeOffset Since { get; init; }

    public DateTimeOffset Until { get; init; }

    public string NodeId { get; init; } = "";

    /// <summary>Null if the node is not known any more.</summary>
    public string? NodeName { get; init; }

    /// <summary>Null if the session is not on the node that answered.</summary>
    public long? MessagesReceived { get; init; }

    /// <summary>What happens in it: speaking, thinking, listening or idle. This and the following are null if the session is not on the node that answered.</summary>
    public string? State { get; init; }

    public long? PromptTokens { get; init; }

    public long? ResponseTokens { get; init; }

    public decimal? Cost { get; init; }

    /// <summary>Operators who watch it.</summary>
    public int? Watchers { get; init; }

    internal TableRow ToTableRow(DateTimeOffset now) => new(
        [
            Report.OneLine(Id), Report.OneLine(NodeName ?? NodeId), Report.OneLine(KeyId) + (OnToken ? " (token)" : ""),
            Report.OneLine(Model.StartsWith("models/", StringComparison.Ordinal) ? Model["models/".Length..] : Model),
            Durations.Short(now - Since) + (Resumed ? " (resumed)" : ""), Durations.Short(Until - now),
        ],
        ("id", Id), ("connectionId", ConnectionId), ("nodeId", NodeId), ("nodeName", NodeName), ("keyId", KeyId), ("onToken", OnToken), ("model", Model),
        ("resumed", Resumed), ("since", Since), ("until", Until), ("messagesReceived", MessagesReceived), ("state", State), ("promptTokens", PromptTokens),
        ("responseTokens", ResponseTokens), ("cost", Cost), ("watchers", Watchers));
}
