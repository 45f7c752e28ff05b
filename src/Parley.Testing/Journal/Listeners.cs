using Parley.Server;

namespace Parley.Testing.Journal;

/// <summary>Finds which connections belong to one session: a resumed one goes on with the session whose handle it has.</summary>
internal static class Listeners
{
    /// <summary>The entries of each session in order; a connection that was never set up is no session.</summary>
    internal static IReadOnlyList<IReadOnlyList<JournalEntry>> Of(IReadOnlyList<JournalEntry> entries)
    {
        var sessions = new List<List<JournalEntry>>();
        var byConnection = new Dictionary<int, List<JournalEntry>>();
        var byHandle = new Dictionary<string, List<JournalEntry>>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!byConnection.TryGetValue(entry.Connection, out var session))
            {
                if (entry.Request?.Setup is not { } setup)
                    continue;
                if (setup.SessionResumption?.Handle is not { } handle || !byHandle.TryGetValue(handle, out session))
                    sessions.Add(session = []);
                byConnection.Add(entry.Connection, session);
            }
            session.Add(entry);
            if (entry.Response?.SessionResumptionUpdate?.NewHandle is { } issued)
                byHandle[issued] = session;
        }
        return [.. sessions.Where(static session => session.Exists(static entry => entry.Direction == LiveDirection.ToClient && entry.Response?.SetupComplete is not null))];
    }
}
