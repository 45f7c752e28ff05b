using Microsoft.Extensions.Logging;

namespace Parley.Testing;

/// <summary>An entry of a log.</summary>
/// <param name="Category">Its category: the name of a type.</param>
/// <param name="Level">Its level.</param>
/// <param name="EventId">Its event id.</param>
/// <param name="Message">The formatted message.</param>
/// <param name="Exception">Its exception; null = none.</param>
/// <param name="Values">The named values of the message template, for tests that check them for secrets.</param>
public sealed record LogEntry(
    string Category,
    LogLevel Level,
    EventId EventId,
    string Message,
    Exception? Exception,
    IReadOnlyList<KeyValuePair<string, object?>> Values)
{
    /// <summary>Level, category, message and exception.</summary>
    public override string ToString() =>
        $"{Level} {Category} [{EventId}] {Message}{(Exception is null ? "" : $"{Environment.NewLine}{Exception}")}";
}
