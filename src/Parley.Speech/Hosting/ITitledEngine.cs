namespace Parley.Speech.Hosting;

/// <summary>An engine that has a title for people, such as "Whisper base.en".</summary>
internal interface ITitledEngine
{
    /// <summary>Its title, in two or three words.</summary>
    string Title { get; }
}
