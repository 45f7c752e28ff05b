namespace Parley.Protocol;

/// <summary>What a server accepts beyond the public service (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#3-the-first-message-config-versus-setup">protocol 3</see>).</summary>
public enum LiveCompatibility
{
    /// <summary>
    /// The forms of the WebSocket guide too: <c>config</c> as first message, a string as system instruction, <c>mediaChunks</c>. The default.
    /// </summary>
    Guide,

    /// <summary>Only what the public service accepts.</summary>
    Strict,
}
