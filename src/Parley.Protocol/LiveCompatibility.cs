namespace Parley.Protocol;

/// <summary>What a server accepts beyond the public service (reference section 3).</summary>
public enum LiveCompatibility
{
    /// <summary>
    /// The forms of the WebSocket guide too: <c>config</c> as first message, a string as system instruction, <c>mediaChunks</c>. The default.
    /// </summary>
    Guide,

    /// <summary>Only what the public service accepts.</summary>
    Strict,
}
