namespace Parley.Server;

/// <summary>What a check decides about a text.</summary>
public sealed class LiveVerdict
{
    internal const string Allowed = "allowed", Replaced = "replaced", Blocked = "blocked", Ended = "ended";

    private LiveVerdict(string kind, string text = "", int code = 0) => (Kind, Text, Code) = (kind, text, code);

    /// <summary>The text passes unchanged.</summary>
    public static LiveVerdict Allow { get; } = new(Allowed);

    internal string Kind { get; }

    /// <summary>The text to pass on, or the reason.</summary>
    internal string Text { get; }

    internal int Code { get; }

    /// <summary>Another text passes in its place, such as one without personal data. Further checks get the new text. What was spoken is heard as it was: only its transcript changes, in both directions.</summary>
    /// <param name="text">The text in place of <see cref="LiveCallText.Piece"/>; may be empty.</param>
    public static LiveVerdict Replace(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(Replaced, text);
    }

    /// <summary>
    /// The text does not pass. What the user typed does not reach the model; the answer to what the user said, or the rest of the answer of the model, does not reach the client.
    /// </summary>
    /// <param name="reason">Why, for events and logs; must not contain the text.</param>
    public static LiveVerdict Block(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new(Blocked, reason);
    }

    /// <summary>The text does not pass, and the session ends.</summary>
    /// <param name="code">Close code: 1000, 1008, or 3000 to 4999.</param>
    /// <param name="reason">Close reason, for the client; also in events and logs.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code is another one.</exception>
    public static LiveVerdict End(int code, string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        LiveCall.ThrowIfNotAllowed(code);
        return new(Ended, reason, code);
    }
}
