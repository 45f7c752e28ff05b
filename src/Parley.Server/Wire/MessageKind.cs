namespace Parley.Server;

/// <summary>The kind of a message, used for limits, queues and the metrics tag <c>parley.kind</c>.</summary>
public enum MessageKind
{
    /// <summary>None of the following.</summary>
    Other,

    /// <summary>A setup, in either form.</summary>
    Setup,

    /// <summary>Audio, in either direction.</summary>
    Audio,

    /// <summary>A picture or video frame.</summary>
    Video,

    /// <summary>Realtime text.</summary>
    Text,

    /// <summary>An activity mark or the end of an audio stream.</summary>
    Activity,

    /// <summary><c>clientContent</c>, or server content without text and audio.</summary>
    Content,

    /// <summary>Function calls, cancellations or responses.</summary>
    Tool,

    /// <summary><c>contextUpdate</c>.</summary>
    Context,

    /// <summary><c>goAway</c>, resumption, usage and the like.</summary>
    Control,

    /// <summary>Not valid JSON.</summary>
    Unreadable,
}
