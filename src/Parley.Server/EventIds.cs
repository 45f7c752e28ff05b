namespace Parley.Server;

/// <summary>Ids of the log events of this assembly; never reused. 1000 to 1099 belong to hosting.</summary>
internal static class EventIds
{
    internal const int ConnectionRefused = 1000;
    internal const int SessionStarted = 1001;
    internal const int SessionEnded = 1002;
    internal const int ConnectionClosing = 1003;
    internal const int TransportLost = 1004;
    internal const int ModelFailed = 1005;
    internal const int ConnectionFailed = 1006;
    internal const int ClientTooSlow = 1007;
    internal const int TokenMinted = 1008;
    internal const int SessionTakenOver = 1009;
    internal const int ObserverFailed = 1011;
    internal const int SendTimedOut = 1012;
    internal const int ReceiveFailed = 1013;
    internal const int MessageRefused = 1014;
    internal const int ReaderFailed = 1015;
    internal const int ModelDisposeFailed = 1016;
    internal const int OriginRefused = 1017;
    internal const int RefusedAtHttp = 1018;
    internal const int ConnectionOpened = 1019;
    internal const int DevelopmentKeyRefused = 1020;
    internal const int DatabaseBehind = 1021;
    internal const int DatabaseWorkFailed = 1022;
    internal const int DatabaseFailed = 1023;
    internal const int MediaNotStored = 1024;
    internal const int StateUnreadable = 1025;
    internal const int Draining = 1026;
    internal const int DrainCut = 1027;
    internal const int KeyCreated = 1028;
    internal const int KeyRevoked = 1029;
    internal const int AdminRefused = 1030;
    internal const int SessionCut = 1031;
    internal const int AnswerFailed = 1100;
    internal const int InputIgnored = 1101;
    internal const int TurnEnded = 1102;
    internal const int RecognitionFailed = 1103;
    internal const int VoiceFailed = 1104;
    internal const int AnswerBroke = 1105;
    internal const int PictureUnreadable = 1106;
    internal const int SpeechReady = 1107;
    internal const int SpeechPartMissing = 1108;
    internal const int VoiceMissing = 1109;
    internal const int BrainPictureUnreadable = 1150;
    internal const int PictureReadingFailed = 1151;
    internal const int PictureLeftOut = 1153;
}
