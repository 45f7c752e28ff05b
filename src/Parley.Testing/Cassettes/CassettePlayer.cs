using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parley.Testing.Cassettes;

/// <summary>Plays the connections of a cassette, each once, and keeps what was not as recorded. Safe for use by many threads.</summary>
/// <param name="cassette">The cassette.</param>
/// <param name="options">What is compared.</param>
/// <param name="playsAll">Whether a connection that no client opened is a failure.</param>
internal sealed class CassettePlayer(Cassette cassette, CassetteOptions options, bool playsAll)
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _used = [];
    private readonly List<string> _mismatches = [];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<CassetteConversation> _conversations = [];
    private readonly Regex[] _ignored = [.. options.Ignore.Select(Pattern)];

    internal Cassette Cassette => cassette;

    internal CassetteOptions Options => options;

    internal bool Checks(CassetteMatch part) => options.Match.HasFlag(part);

    /// <summary>The connection that is to be played next if the server acts before the client has sent anything.</summary>
    internal CassetteConnection? TakeEarly()
    {
        lock (_gate)
        {
            var next = cassette.Connections.FirstOrDefault(connection => !_used.Contains(connection.Number));
            var first = next?.Entries.FirstOrDefault(static entry => entry.IsMessage || !entry.IsFromClient);
            return (next?.RefusedStatus is not null || first is { IsFromClient: false }) && _used.Add(next!.Number) ? next : null;
        }
    }

    /// <summary>The connection to play to a client with this first message: the first whose setup is the same, else the most similar one; null if all were played.</summary>
    /// <param name="setup">The message.</param>
    /// <param name="onlyExact">Whether a connection with another setup may not be played.</param>
    internal CassetteConversation? Take(ReadOnlySpan<byte> setup, bool onlyExact)
    {
        lock (_gate)
        {
            CassetteConversation? best = null;
            var least = int.MaxValue;
            foreach (var connection in cassette.Connections.Where(connection => connection.RefusedStatus is null && !_used.Contains(connection.Number)))
            {
                var conversation = new CassetteConversation(this, connection);
                if (conversation.Script.SetupDistance(setup) is not { } distance || distance >= least || (onlyExact && distance > 0))
                    continue;
                (best, least) = (conversation, distance);
            }
            if (best is not null)
                Begin(best);
            return best;
        }
    }

    internal CassetteConversation Begin(CassetteConnection connection)
    {
        var conversation = new CassetteConversation(this, connection);
        lock (_gate)
            Begin(conversation);
        return conversation;
    }

    /// <summary>The differences that count, by the options.</summary>
    /// <param name="recorded">The message of the cassette.</param>
    /// <param name="sent">The message of the client.</param>
    /// <param name="binds">Whether a symbol without a value takes that of the client.</param>
    internal List<Difference> Compare(JsonElement recorded, JsonElement sent, bool binds) =>
        [.. new MessageDiff((symbol, value) => Is(symbol, value, binds)).Compare(recorded, sent)
            .Where(difference => Checks(MessageDiff.PartOf(difference.Path)) && !Array.Exists(_ignored, ignored => ignored.IsMatch(difference.Path)))];

    /// <summary>The live value of a symbol.</summary>
    internal string ValueOf(string symbol)
    {
        lock (_gate)
        {
            if (!_values.TryGetValue(symbol, out var value))
                _values.Add(symbol, value = cassette.ValueOf(symbol));
            return value;
        }
    }

    internal void Mismatch(string what)
    {
        lock (_gate)
            _mismatches.Add(what);
    }

    /// <exception cref="ExpectationException">Something was not as recorded.</exception>
    internal void Verify()
    {
        List<string> failures;
        List<CassetteConversation> conversations;
        lock (_gate)
            (failures, conversations) = ([.. _mismatches], [.. _conversations]);
        foreach (var conversation in conversations.Where(static conversation => !conversation.HasFailed))
            failures.AddRange(conversation.Unfinished());
        lock (_gate)
        {
            if (playsAll)
            {
                failures.AddRange(
                    cassette.Connections.Where(connection => !_used.Contains(connection.Number)).Select(static connection => $"connection {connection.Number} was not opened"));
            }
        }
        if (failures.Count > 0)
            throw new ExpectationException($"The client did not do what the cassette {options.Path} contains:{string.Concat(failures.Select(static failure => $"\n* {failure}"))}");
    }

    // A member and what is below it; [] is any element.
    private static Regex Pattern(string path) =>
        new(@"\A" + Regex.Escape(path).Replace(@"\[]", @"\[\d+\]", StringComparison.Ordinal) + @"([.\[]|\z)");

    private bool Is(string symbol, string value, bool binds)
    {
        lock (_gate)
        {
            if (_values.TryGetValue(symbol, out var known))
                return known == value;
            if (binds)
                _values.Add(symbol, value);
            return true;
        }
    }

    private void Begin(CassetteConversation conversation)
    {
        _used.Add(conversation.Connection.Number);
        _conversations.Add(conversation);
    }
}
