namespace Parley.Cascade.Agents;

/// <summary>Ids of the log events of this assembly; never reused.</summary>
internal static class EventIds
{
    internal const int ApprovalIgnored = 1170;
    internal const int HistoryReplaced = 1171;
}
