using Microsoft.Extensions.Logging;

namespace Parley.TestKit;

/// <param name="Values">The named values of the message template, for tests that check them for secrets.</param>
public sealed record LogEntry(
    string Category,
    LogLevel Level,
    EventId EventId,
    string Message,
    Exception? Exception,
    IReadOnlyList<KeyValuePair<string, object?>> Values)
{
    public override string ToString() =>
        $"{Level} {Category} [{EventId}] {Message}{(Exception is null ? "" : $"{Environment.NewLine}{Exception}")}";
}
