using System.Globalization;
using System.Text.RegularExpressions;

namespace Parley.Testing.Conformance.Running;

/// <summary>What passed the connections of a check: shortened, and without keys, tokens and handles.</summary>
internal sealed partial class Transcript(string? secret)
{
    private const int MaxLines = 40;
    private const int MaxCharacters = 300;

    private readonly Lock _gate = new();
    private readonly Queue<Entry> _entries = [];
    private Entry? _newest;
    private int _connections;

    /// <summary>The newest lines, oldest first. Audio in a row is one line.</summary>
    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _entries.Select(entry => $"{entry.Head}: {Shorten(entry.Text)}{(entry.More > 0 ? $" and {entry.More} more with audio" : "")}")];
        }
    }

    internal int NextConnection() => Interlocked.Increment(ref _connections);

    /// <summary>Notes a message; C is the client's, S the server's.</summary>
    internal void Add(int connection, char side, string text)
    {
        var head = $"{side}{(connection > 1 ? connection.ToString(CultureInfo.InvariantCulture) : "")}";
        var isAudio = text.Contains("\"audio/", StringComparison.Ordinal);
        lock (_gate)
        {
            if (isAudio && _newest is { IsAudio: true } previous && previous.Head == head)
            {
                previous.More++;
                return;
            }
            // Long messages are cut first: what is cut needs no masking.
            _newest = new Entry(head, text.Length > 4 * MaxCharacters ? text[..(4 * MaxCharacters)] : text, isAudio);
            _entries.Enqueue(_newest);
            if (_entries.Count > MaxLines)
                _entries.Dequeue();
        }
    }

    /// <summary>A text without secrets, in one line.</summary>
    internal string Shorten(string text)
    {
        var masked = text.Length > 4 * MaxCharacters ? text[..(4 * MaxCharacters)] : text;
        if (secret is { Length: > 0 })
            masked = masked.Replace(secret, "***", StringComparison.Ordinal).Replace(Uri.EscapeDataString(secret), "***", StringComparison.Ordinal);
        masked = Tokens().Replace(masked, "auth_tokens/***");
        masked = Handles().Replace(masked, "$1\"***\"");
        masked = Data().Replace(masked, "$1$2…");
        masked = string.Concat(masked.Select(static c => char.IsControl(c) ? ' ' : c));
        return masked.Length > MaxCharacters ? $"{masked[..MaxCharacters]}… ({text.Length} characters)" : masked;
    }

    private sealed class Entry(string head, string text, bool isAudio)
    {
        internal string Head => head;

        internal string Text => text;

        internal bool IsAudio => isAudio;

        /// <summary>Messages with audio that followed.</summary>
        internal int More { get; set; }
    }

    [GeneratedRegex("auth_tokens(/|%2F)[^\"&\\s]+", RegexOptions.IgnoreCase)]
    private static partial Regex Tokens();

    [GeneratedRegex("(\"(?:newHandle|new_handle|handle)\"\\s*:\\s*)\"[^\"]*\"?")]
    private static partial Regex Handles();

    [GeneratedRegex("(\"data\"\\s*:\\s*\")([^\"]{16})[^\"]{8,}")]
    private static partial Regex Data();
}
