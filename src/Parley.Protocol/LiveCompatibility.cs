namespace Parley.Protocol;

/// <summary>The forms a server accepts beyond those of the public service (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#3-the-first-message-config-versus-setup">protocol 3</see>).</summary>
public enum LiveCompatibility
{
    /// <summary>
    /// Also accepts the forms of the WebSocket guide: <c>config</c> as first message, a string as system instruction, <c>mediaChunks</c>. The default.
    /// </summary>
    Guide,

    /// <summary>Accepts only what the public service accepts.</summary>
    Strict,
}
