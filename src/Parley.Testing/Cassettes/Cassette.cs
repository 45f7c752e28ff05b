using System.Text;
using Parley.Testing.Cassettes;

namespace Parley.Testing;

/// <summary>
/// A recorded session, or several: what client and server sent, in which order, on which connections. <see cref="Load"/> opens cassettes and recordings of other
/// programs; <see cref="Save"/> writes a folder with JSON lines and audio files. Immutable.
/// See <see href="https://github.com/parley-live/parley/blob/main/docs/cassettes.md">cassettes.md</see>.
/// </summary>
public sealed class Cassette
{
    /// <summary>The version of the format that <see cref="Save"/> writes, and the newest that <see cref="Load"/> reads.</summary>
    public const int FormatVersion = 1;

    internal Cassette(IReadOnlyList<CassetteConnection> connections, IReadOnlyList<CassetteEntry> entries, MediaStore media, IReadOnlyDictionary<string, string> originals) =>
        (Connections, Entries, Media, Originals) = (connections, entries, media, originals);

    /// <summary>The connections, in the order in which they were opened.</summary>
    public IReadOnlyList<CassetteConnection> Connections { get; }

    /// <summary>The entries of all connections, in the order in which they were recorded.</summary>
    public IReadOnlyList<CassetteEntry> Entries { get; }

    /// <summary>The model of the first setup, without <c>models/</c> or a project; null if there is none.</summary>
    public string? Model { get; internal init; }

    /// <summary>Whether it was recorded with the Vertex form of the API.</summary>
    public bool IsVertex { get; internal init; }

    /// <summary>The day of the recording, in UTC; null = unknown.</summary>
    public DateOnly? Recorded { get; internal init; }

    internal MediaStore Media { get; }

    // The values that symbols stand for, as far as they are known; not part of a saved cassette.
    internal IReadOnlyDictionary<string, string> Originals { get; }

    /// <summary>
    /// Opens a recording: a cassette, a folder of <c>parley serve --record</c> or <c>parley talk --record</c>, an export of the console (<c>.zip</c> or <c>.jsonl</c>),
    /// or a <c>.websocket.log</c> of the official SDKs.
    /// </summary>
    /// <param name="path">The folder or file.</param>
    /// <exception cref="CassetteException">It does not exist, is none of these, is damaged, or has a newer version.</exception>
    public static Cassette Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RecordingLoader.Load(path);
    }

    /// <summary>Makes a cassette of everything that has passed a test server.</summary>
    /// <param name="journal">The journal of the server.</param>
    /// <param name="recorded">The day of the recording; null = unknown.</param>
    public static Cassette FromJournal(LiveJournal journal, DateOnly? recorded = null)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var builder = new CassetteBuilder();
        foreach (var entry in journal.Entries)
        {
            if (entry.CloseCode is { } code)
                builder.Close(entry.Connection, entry.Time, entry.Direction, code, entry.CloseReason ?? "");
            else
                builder.Add(entry.Connection, entry.Time, entry.Direction, entry.Type, entry.Payload.ToArray());
        }
        builder.EndResumed();
        return builder.Build(recorded);
    }

    /// <summary>Writes the cassette to a folder. A cassette that is already there is replaced as a whole.</summary>
    /// <param name="folder">The folder; by custom its name ends in <c>.cassette</c>.</param>
    /// <param name="secrets">Values that must not be in it, in addition to the forms of keys and tokens that are always refused.</param>
    /// <exception cref="CassetteException">It contains a secret (the message says where), or the folder holds something else.</exception>
    public void Save(string folder, params IEnumerable<string> secrets)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ThrowIfSecret(secrets);
        CassetteWriter.Write(this, folder);
    }

    /// <summary>The places that look like keys, tokens or private keys, or that contain one of the given values.</summary>
    /// <param name="secrets">Values to find, in addition to the known forms.</param>
    public IReadOnlyList<CassetteSecret> FindSecrets(params IEnumerable<string> secrets) => SecretScan.Find(this, secrets);

    /// <summary>How another recording of the same session differs, one line for each difference: what the clients sent, what the servers sent, and the order.</summary>
    /// <param name="other">The other recording, which is what "was" in the lines.</param>
    public IReadOnlyList<string> Differences(Cassette other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CassetteDiff.Compare(this, other);
    }

    /// <summary>The bytes of a message as they are sent: audio and pictures in place of references, ids in place of symbols. Empty for an end.</summary>
    /// <param name="entry">An entry of this cassette.</param>
    public ReadOnlyMemory<byte> PayloadOf(CassetteEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Expand(ValueOf);
    }

    /// <summary>One line for each entry.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var entry in Entries)
            text.Append(entry).Append('\n');
        return text.ToString();
    }

    internal void ThrowIfSecret(IEnumerable<string> secrets)
    {
        if (FindSecrets(secrets) is { Count: > 0 } found)
        {
            throw new CassetteException(
                $"The cassette contains {(found.Count == 1 ? "a secret" : $"{found.Count} secrets")} and is not saved:"
                + string.Concat(found.Take(10).Select(static secret => $"\n* {secret}"))
                + "\nRemove them from what your code sends, and record again.");
        }
    }

    internal string ValueOf(string symbol) => Originals.TryGetValue(symbol, out var original) ? original : Invented(symbol);

    // Of the length of real ones, the same in every replay.
    private static string Invented(string symbol) =>
        symbol.StartsWith("$call", StringComparison.Ordinal)
            ? "function-call-" + symbol["$call".Length..]
            : $"replayed-{symbol[1..]}-{MediaStore.HashOf(Encoding.UTF8.GetBytes(symbol))}";
}

/// <summary>A place of a cassette that looks like a secret. It does not contain the secret.</summary>
/// <param name="Where">Where it is, such as <c>connection 1, client message 1, setup.systemInstruction.parts[0].text</c>.</param>
/// <param name="What">What it looks like, such as <c>a Google API key (AIza…)</c>.</param>
public sealed record CassetteSecret(string Where, string What)
{
    /// <summary>Where it is and what it looks like.</summary>
    public override string ToString() => $"{Where}: {What}";
}
