using System.Globalization;
using System.Text;

namespace Parley.Testing.Cassettes;

/// <summary>
/// What the client of a recorded connection is expected to send, and how far it has come. Media is a stream: it counts by the duration of its audio since the last other
/// message, so that chunks of another length make no difference. Not safe for use by several threads.
/// </summary>
internal sealed class ClientScript
{
    /// <summary>A stretch of audio may be this much shorter than recorded, and at most a tenth: other chunks end elsewhere.</summary>
    private static readonly TimeSpan AudioTolerance = TimeSpan.FromMilliseconds(250);

    private readonly CassetteConnection _connection;
    private readonly CassettePlayer _player;
    private readonly List<Expected> _expected = [];
    private readonly Dictionary<CassetteEntry, Position> _needs = [];
    private readonly SortedSet<int> _open;
    private TimeSpan _audio;

    internal ClientScript(CassetteConnection connection, CassettePlayer player)
    {
        (_connection, _player) = (connection, player);
        // After every number of messages, how many counted ones there were and how much audio came after the last.
        var positions = new List<Position> { default };
        var stretches = new Dictionary<int, TimeSpan>();
        foreach (var entry in connection.Entries.Where(static entry => entry is { IsFromClient: true, IsMessage: true }))
        {
            var parts = ClientMessageParts.Of(entry.Message.Span);
            if (!parts.IsMedia)
                _expected.Add(new Expected(positions.Count, parts));
            if (parts.IsMedia)
                stretches[_expected.Count] = stretches.GetValueOrDefault(_expected.Count) + parts.Audio;
            positions.Add(parts.IsMedia ? positions[^1] with { Audio = positions[^1].Audio + parts.Audio } : new Position(_expected.Count, TimeSpan.Zero));
        }
        foreach (var entry in connection.Entries.Where(static entry => !entry.IsFromClient))
        {
            var need = positions[Math.Min(entry.After, positions.Count - 1)];
            // Whatever a client sends before the setup is complete, the setup completes without it.
            _needs[entry] = IsSetupComplete(entry)
                ? new Position(Math.Min(1, need.Messages), TimeSpan.Zero)
                : need with { Audio = AtMost(need.Audio, stretches.GetValueOrDefault(need.Messages)) };
        }
        _open = [.. Enumerable.Range(0, _expected.Count)];
    }

    /// <summary>Whether the client has come as far as it had when the server sent this entry.</summary>
    internal bool HasCaused(CassetteEntry entry)
    {
        var need = _needs[entry];
        return Messages > need.Messages || (Messages == need.Messages && _audio >= need.Audio);
    }

    /// <summary>Takes a message of the client.</summary>
    /// <returns>What is not as recorded; null if it is.</returns>
    internal string? Take(ReadOnlySpan<byte> message)
    {
        var parts = ClientMessageParts.Of(message);
        if (parts.IsMedia)
        {
            _audio += parts.Audio;
            return null;
        }
        _audio = TimeSpan.Zero;
        if (_open.Count == 0)
            return $"connection {_connection.Number}: unexpected message after the last recorded one: {Show(parts, message)}";
        var (next, differences) = Choose(parts);
        if (differences is null)
            return $"connection {_connection.Number}, message {_expected[_open.Min].Number}: expected {_expected[_open.Min].Parts.Kind}, was {Show(parts, message)}";
        var skipped = _player.Checks(CassetteMatch.Order) ? _open.Where(index => index < next).ToList() : [];
        foreach (var index in skipped)
            _open.Remove(index);
        _open.Remove(next);
        return skipped.Count == 0 && differences.Count == 0 ? null : string.Join("; ", [
            .. skipped.Select(index => $"connection {_connection.Number}, message {_expected[index].Number}: {Describe(_expected[index])} was not sent"),
            .. differences.Select(difference => $"connection {_connection.Number}, message {_expected[next].Number}: {difference}"),
        ]);
    }

    /// <summary>Messages that were recorded and have not come.</summary>
    internal IEnumerable<string> Missing() =>
        _open.Select(index => $"connection {_connection.Number}, message {_expected[index].Number}: {Describe(_expected[index])} was not sent");

    /// <summary>What the next server message waits for, in words.</summary>
    internal string Awaits(CassetteEntry entry)
    {
        var need = _needs[entry];
        return Messages < need.Messages
            ? $"message {_expected[_open.Min].Number} of the client: {Describe(_expected[_open.Min])}"
            : string.Create(CultureInfo.InvariantCulture, $"audio of the client: {_audio.TotalSeconds:0.0} s of {need.Audio.TotalSeconds:0.0} s came");
    }

    /// <summary>How many members of a first message differ from the recorded one; null if the connection begins with none.</summary>
    internal int? SetupDistance(ReadOnlySpan<byte> message) =>
        _expected is [var first, ..] && ClientMessageParts.Of(message).Json is { } json && first.Parts.Json is { } recorded ? _player.Compare(recorded, json, binds: false).Count : null;

    private int Messages => _expected.Count - _open.Count;

    // The next expected message; a later one if that is exactly this and the next one is something else.
    private (int Index, List<Difference>? Differences) Choose(ClientMessageParts parts)
    {
        var keepsOrder = _player.Checks(CassetteMatch.Order);
        int? similar = null;
        foreach (var index in _open.Where(index => _expected[index].Parts.Kind == parts.Kind))
        {
            if (Compare(index, parts, binds: false).Count == 0)
                return (index, Compare(index, parts, binds: true));
            if (keepsOrder && index == _open.Min)
                return (index, Compare(index, parts, binds: true));
            similar ??= index;
        }
        return !keepsOrder && similar is { } one ? (one, Compare(one, parts, binds: true)) : (0, null);
    }

    private List<Difference> Compare(int index, ClientMessageParts parts, bool binds) =>
        (_expected[index].Parts.Json, parts.Json) is ({ } recorded, { } sent) ? _player.Compare(recorded, sent, binds) : [];

    private static TimeSpan AtMost(TimeSpan need, TimeSpan stretch)
    {
        var enough = stretch - (stretch * 0.1 < AudioTolerance ? stretch * 0.1 : AudioTolerance);
        return need < enough ? need : enough;
    }

    private static bool IsSetupComplete(CassetteEntry entry) => ClientMessageParts.Of(entry.Message.Span).Json is { } json
        && (json.TryGetProperty("setupComplete", out _) || json.TryGetProperty("setup_complete", out _));

    private static string Describe(Expected expected) => expected.Parts.Json is { } json ? $"{expected.Parts.Kind} {Shorten(json.GetRawText())}" : expected.Parts.Kind;

    private static string Show(ClientMessageParts parts, ReadOnlySpan<byte> message) => $"{parts.Kind} {Shorten(parts.Json?.GetRawText() ?? Encoding.UTF8.GetString(message))}";

    private static string Shorten(string text) => text.Length <= 160 ? text : text[..160] + "…";

    /// <param name="Number">Number among all messages of the client, from 1.</param>
    /// <param name="Parts">The message.</param>
    private sealed record Expected(int Number, ClientMessageParts Parts);

    private readonly record struct Position(int Messages, TimeSpan Audio);
}
