namespace Parley.Server;

/// <summary>Ids of the log events of this assembly; never reused. Parley.Cascade has 1100 to 1149, Parley.Assistant 1150 to 1199.</summary>
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
    internal const int DrainIncomplete = 1027;
    internal const int KeyCreated = 1028;
    internal const int KeyRevoked = 1029;
    internal const int AdminRefused = 1030;
    internal const int SessionEndedByOperator = 1031;
    internal const int ClientThrottled = 1032;
    internal const int ConnectionsRefused = 1033;
    internal const int RefusedAtLimit = 1034;
    internal const int UpstreamFailed = 1200;
    internal const int UpstreamUnreachable = 1201;
    internal const int UpstreamKeyRefused = 1202;
    internal const int RelayDropped = 1203;
    internal const int RelayFailed = 1204;
    internal const int RelayReplacing = 1205;
    internal const int RelayReplaced = 1206;
    internal const int RelayNotResumed = 1207;
    internal const int RelayGoAwayForwarded = 1208;
    internal const int RelayUsageUnreadable = 1209;
    internal const int UsageSinkFailed = 1250;
}
