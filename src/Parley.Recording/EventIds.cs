namespace Parley.Recording;

/// <summary>Ids of the log events of this assembly; never reused. It has 1500 to 1549.</summary>
internal static class EventIds
{
    internal const int RecordStarted = 1500;
    internal const int RecordEnded = 1501;
    internal const int RecordFailed = 1502;
    internal const int RecordOverflowed = 1503;
    internal const int RecordRepaired = 1504;
    internal const int RepairFailed = 1505;
    internal const int RecordDeleted = 1506;
    internal const int SweepFailed = 1507;
    internal const int PolicyFailed = 1508;
    internal const int AnnouncementSilent = 1509;
    internal const int NotDrained = 1510;
    internal const int RecordNotStarted = 1511;
    internal const int AnnouncementVoiceFailed = 1512;
}
