namespace Parley.Server.Storage;

/// <summary>The data folder, as <c>/healthz</c> shows it.</summary>
internal sealed class StoragePart(LiveDatabase database, LiveDatabaseWriter writer) : ILiveHealthPart
{
    public string Name => "storage";

    public string State => (writer.IsFailing, writer.Queued) switch
    {
        (true, var waiting) => $"{database.Folder} cannot be written, {waiting} writes wait",
        (_, 0) => database.Folder,
        (_, var waiting) => $"{database.Folder}, {waiting} writes wait",
    };

    public bool IsReady => !writer.IsFailing;
}
