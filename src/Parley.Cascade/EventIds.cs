namespace Parley.Cascade;

/// <summary>Ids of the log events of this assembly; never reused.</summary>
internal static class EventIds
{
    internal const int ChatModelFailed = 1100;
    internal const int InputIgnored = 1101;
    internal const int TurnEnded = 1102;
    internal const int RecognitionFailed = 1103;
    internal const int SynthesisFailed = 1104;
    internal const int AnswerFaulted = 1105;
    internal const int PictureUnreadable = 1106;
    internal const int CallbackFailed = 1140;
    internal const int SpeechReady = 1107;
    internal const int RecognizerMissing = 1108;
    internal const int SynthesizerMissing = 1109;
    internal const int TurnDetectorFailed = 1110;
    internal const int TurnDetectorSlow = 1111;
    internal const int WarmedUp = 1112;
    internal const int WarmUpFailed = 1113;
}
