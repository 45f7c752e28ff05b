namespace Parley.Assistant.Llama;

/// <summary>Ids of the log events of this assembly; never reused.</summary>
internal static class EventIds
{
    internal const int ModelLoaded = 1160;
    internal const int WorkerLost = 1161;
    internal const int RunsInProcess = 1162;
}
