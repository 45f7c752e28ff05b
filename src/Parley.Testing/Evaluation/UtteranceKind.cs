namespace Parley.Testing;

/// <summary>What an utterance of a simulated caller is meant to be.</summary>
public enum UtteranceKind
{
    /// <summary>A turn that is to be answered.</summary>
    Turn,

    /// <summary>A turn that begins while the agent speaks: the agent is to stop and to answer it.</summary>
    Interruption,

    /// <summary>A sign of attention, such as "uh-huh": the agent is to go on.</summary>
    Backchannel,

    /// <summary>A cough or a laugh: the agent is to ignore it.</summary>
    Noise,

    /// <summary>Speech to another person in the room: the agent is to ignore it.</summary>
    SpeechToOthers,
}
