using System.Globalization;
using Microsoft.AspNetCore.Http;
using Parley.Server;
using Parley.Testing.Files;

namespace Parley.Testing.Emulator;

// GET journal?from=client&connection=1&has=toolResponse&after=3&timeout=5s
internal sealed partial class ControlEndpoints
{
    private static readonly string[] JournalParameters = ["from", "connection", "has", "after", "timeout"];

    private static async Task JournalAsync(HttpContext context, EmulatorSpace space)
    {
        var query = context.Request.Query;
        foreach (var name in query.Keys.Where(static name => !JournalParameters.Contains(name)))
            throw ControlException.InvalidArgument(MapReader.Unknown(name, "a journal query", JournalParameters));
        var from = query["from"].ToString() switch
        {
            "" => (LiveDirection?)null,
            "client" => LiveDirection.FromClient,
            "server" => LiveDirection.ToClient,
            var other => throw ControlException.InvalidArgument($"'from' must be client or server, not '{FileProblems.Shorten(other)}'."),
        };
        var (connection, after, has) = (Number(query, "connection"), Number(query, "after") ?? -1, query["has"].ToString());

        bool Matches(JournalEntry entry, int index) =>
            index > after && (from is null || entry.Direction == from) && (connection is null || entry.Connection == connection)
            && (has.Length == 0 || JournalBody.Has(entry, has));

        var journal = space.Server.Journal;
        if (query["timeout"].ToString() is { Length: > 0 } timeout)
            await WaitAsync(context, journal, Matches, timeout).ConfigureAwait(false);
        else
            await space.Server.QuietAsync(context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, JournalBody.Of(journal, Matches), FileJson.Default.JsonObject).ConfigureAwait(false);
    }

    private static async Task WaitAsync(HttpContext context, LiveJournal journal, Func<JournalEntry, int, bool> matches, string timeout)
    {
        if (!FileDuration.TryParse(timeout, out var time) || time > Expect.Bound)
            throw ControlException.InvalidArgument($"'timeout' must be {FileDuration.Allowed}, at most 30s, not '{FileProblems.Shorten(timeout)}'.");
        using var expired = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        expired.CancelAfter(time);
        // Entries come in their order, those of the past first.
        var next = 0;
        try
        {
            await journal.WaitAsync(entry => matches(entry, next++), "an entry that matches", expired.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ExpectationException && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ControlException(504, "DEADLINE_EXCEEDED", $"No entry matched {context.Request.QueryString} within {timeout}. The journal:\n{journal}");
        }
    }

    private static int? Number(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw ControlException.InvalidArgument($"'{name}' must be a whole number, not '{FileProblems.Shorten(text)}'."),
    };
}
