namespace Parley.Server;

/// <summary>
/// Where the use of sessions is accounted. Register any number as singletons. Called on the pumps of the sessions, from many threads at
/// once: be quick. What it throws is logged and otherwise ignored.
/// </summary>
public interface IUsageSink
{
    /// <summary>
    /// Takes one record. There is exactly one for each message of a server that holds <c>usageMetadata</c>, and one more when a session
    /// leaves its connection, so that summing the records of a key gives its tokens and its time.
    /// </summary>
    void Record(in UsageRecord record);
}

/// <summary>What a session used since its record before.</summary>
public readonly record struct UsageRecord
{
    /// <summary>Id of the session, the same after a resumption.</summary>
    public required string SessionId { get; init; }

    /// <summary>Whose session it is: what stands for the key that opened it, or that minted its token. Not for logs.</summary>
    public required string Owner { get; init; }

    /// <summary>Name of the model as <c>models/x</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Whether an upstream answered; false = this machine.</summary>
    public required bool IsRelayed { get; init; }

    /// <summary>Tokens of this message; all zero in the last record of a connection.</summary>
    public required TokenUsage Tokens { get; init; }

    /// <summary>Time connected since the record before.</summary>
    public required TimeSpan Connected { get; init; }

    /// <summary>The session left its connection: nothing more comes of this one.</summary>
    public required bool IsLast { get; init; }
}

/// <summary>Tokens of one <c>usageMetadata</c> (reference section 5.7); absent counts are zero.</summary>
public readonly record struct TokenUsage
{
    /// <summary>Everything in context for the turn.</summary>
    public int Prompt { get; init; }

    /// <summary>Cached part of it.</summary>
    public int Cached { get; init; }

    /// <summary>Generated.</summary>
    public int Response { get; init; }

    /// <summary>Thinking.</summary>
    public int Thoughts { get; init; }

    /// <summary>Results of tools.</summary>
    public int ToolUse { get; init; }

    /// <summary>The sum, as the server wrote it.</summary>
    public int Total { get; init; }

    /// <summary><see cref="Prompt"/> by modality, where the server said so.</summary>
    public ModalityTokens PromptByModality { get; init; }

    /// <summary><see cref="Response"/> by modality, where the server said so.</summary>
    public ModalityTokens ResponseByModality { get; init; }
}

/// <summary>Tokens by modality.</summary>
/// <param name="Text">Text.</param>
/// <param name="Audio">Sound.</param>
/// <param name="Image">Images.</param>
/// <param name="Video">Video.</param>
/// <param name="Other">Documents, and what is not known.</param>
public readonly record struct ModalityTokens(int Text, int Audio, int Image, int Video, int Other);
