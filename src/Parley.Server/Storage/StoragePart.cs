namespace Parley.Server.Storage;

/// <summary>Health of the data folder.</summary>
internal sealed class StoragePart(LiveDatabase database, LiveDatabaseWriter writer) : ILiveHealthPart
{
    public string Name => "storage";

    public string State => (writer.IsFailing || database.IsFailing, writer.Queued) switch
    {
        (true, var waiting) => $"{database.Folder} cannot be read or written, {waiting} writes queued",
        (_, 0) => database.Folder,
        (_, var waiting) => $"{database.Folder}, {waiting} writes queued",
    };

    public bool IsReady => !writer.IsFailing && (!database.IsFailing || database.Recovers());
}
