namespace Parley.Speech.Whisper;

/// <summary>Ids of the log events of this assembly; never reused. Whisper has 2050 to 2069.</summary>
internal static class EventIds
{
    internal const int DecoderLost = 2050;
    internal const int ModelLoaded = 2051;
    internal const int TooSlow = 2052;
    internal const int OtherLanguage = 2053;
}
