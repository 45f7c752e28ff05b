namespace Parley.Server;

/// <summary>What a message holds: the tag <c>parley.kind</c> of the metrics, and what limits and queues go by.</summary>
public enum MessageKind
{
    /// <summary>None of the following, or nothing.</summary>
    Other,

    /// <summary>A setup, in either form.</summary>
    Setup,

    /// <summary>Audio, from the client or of an answer.</summary>
    Audio,

    /// <summary>A picture.</summary>
    Video,

    /// <summary>Realtime text, or text of an answer.</summary>
    Text,

    /// <summary>An activity mark or the end of an audio stream.</summary>
    Activity,

    /// <summary><c>clientContent</c>, or server content without text and audio.</summary>
    Content,

    /// <summary>Function calls, or answers to them.</summary>
    Tool,

    /// <summary><c>contextUpdate</c>.</summary>
    Context,

    /// <summary><c>goAway</c>, resumption, usage and the like.</summary>
    Control,

    /// <summary>Not JSON, or not JSON that this reader takes.</summary>
    Unreadable,
}
