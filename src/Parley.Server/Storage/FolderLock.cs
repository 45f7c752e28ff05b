namespace Parley.Server.Storage;

/// <summary>
/// Reserves a data folder for one server, with a lock of the operating system on a file in it. The lock ends with the process, however that ends.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    internal const string FileName = "server.lock";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <exception cref="InvalidOperationException">Another server uses the folder.</exception>
    internal static FolderLock Take(string folder)
    {
        try
        {
            return new FolderLock(PrivateFiles.Open(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsLockedElsewhere(e))
        {
            throw new InvalidOperationException($"Another server uses the data folder {folder}. Stop it, or give this server a folder of its own.", e);
        }
    }

    public void Dispose() => _file.Dispose();

    // ERROR_SHARING_VIOLATION on Windows; on Unix .NET reports EWOULDBLOCK of flock.
    private static bool IsLockedElsewhere(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xffff) == 32 : (e.HResult & 0xffff) is 11 or 35;
}
