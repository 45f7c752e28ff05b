namespace Parley.Server.PostgreSql;

/// <summary>Ids of the log events of this assembly; never reused. It has 1300 to 1349.</summary>
internal static class EventIds
{
    internal const int DatabaseFailed = 1300;
    internal const int DatabaseAway = 1301;
    internal const int DatabaseBack = 1302;
    internal const int DatabaseMigrated = 1303;
    internal const int SweepFailed = 1304;
    internal const int MediaNotStored = 1305;
    internal const int KeyRingUnsealed = 1306;
    internal const int KeyRingResealed = 1307;
    internal const int SignalsLost = 1308;
    internal const int SavesRefused = 1309;
}
