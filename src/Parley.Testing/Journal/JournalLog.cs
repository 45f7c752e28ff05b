namespace Parley.Testing.Journal;

/// <summary>The entries of one journal, with its own numbers for connections.</summary>
internal sealed class JournalLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    internal EventLog<JournalEntry> Entries { get; } = new();

    internal void Add(string connectionId, JournalEntry entry) => Entries.Add(entry with { Connection = NumberOf(connectionId) });

    /// <summary>Number of a connection, in the order of their first messages, from 1.</summary>
    internal int NumberOf(string connectionId)
    {
        lock (_gate)
        {
            if (!_numbers.TryGetValue(connectionId, out var number))
                _numbers.Add(connectionId, number = _numbers.Count + 1);
            return number;
        }
    }
}
