namespace Parley.Testing.Scenarios;

/// <summary>When a rule applies.</summary>
internal enum RuleTrigger
{
    /// <summary>A turn of the user ended.</summary>
    Turn,

    /// <summary>A session started.</summary>
    Opened,

    /// <summary>The user began to speak.</summary>
    SpeechStarted,
}
