namespace Parley.Assistant;

/// <summary>Ids of the log events of this assembly; never reused.</summary>
internal static class EventIds
{
    internal const int PictureUnreadable = 1150;
    internal const int PictureReadingFailed = 1151;
    internal const int PictureLeftOut = 1153;
    internal const int OllamaLoaded = 1154;
    internal const int OllamaNotLoaded = 1155;
}
