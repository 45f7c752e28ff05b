namespace Parley.Speech;

/// <summary>Ids of the log events of this assembly; never reused. Speech has 2000 to 2049.</summary>
internal static class EventIds
{
    internal const int DecoderLost = 2000;
    internal const int PhraseRefused = 2001;
    internal const int OtherLanguage = 2002;
    internal const int VoiceLost = 2003;
    internal const int RecognizerReplaced = 2004;
    internal const int SynthesizerReplaced = 2005;
    internal const int NeuralVoiceLost = 2040;
    internal const int PhonemesMissing = 2041;
    internal const int InstalledVoiceFailed = 2042;
}
