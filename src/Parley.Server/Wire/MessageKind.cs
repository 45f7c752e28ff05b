namespace Parley.Server.Wire;

/// <summary>What a frame carries, as metrics name it and as queues treat it.</summary>
internal enum MessageKind
{
    Other,
    Setup,
    Audio,
    Video,
    Text,
    Activity,
    Content,
    Tool,
    Context,
    Control,

    /// <summary>Not JSON, or not JSON that this reader takes.</summary>
    Unreadable,
}
