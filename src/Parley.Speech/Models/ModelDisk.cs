namespace Parley.Speech.Models;

/// <summary>The disk that models are written to. Tests replace it by a small one.</summary>
internal class ModelDisk
{
    private const UnixFileMode FileMode0644 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode FolderMode0755 =
        FileMode0644 | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Bytes that this user can still write below a folder; null if the system does not say.</summary>
    public virtual long? FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens a file for appending, created with mode 0644; what is in it is kept.</summary>
    public virtual Stream OpenAppend(string path) => Open(path, FileMode.OpenOrCreate, FileShare.Read);

    /// <summary>Creates a folder and its parents with mode 0755; the umask of the user can make it stricter.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FolderMode0755);
    }

    /// <summary>Opens a file for reading and writing that nobody else opens; null if another process or call has it open.</summary>
    public static FileStream? TryLock(string path)
    {
        try
        {
            return Open(path, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && !IsFull(e))
        {
            return null;
        }
    }

    /// <summary>Whether an error says that the disk, or the quota of the user, is full.</summary>
    public static bool IsFull(IOException error) => (error.HResult & 0xFFFF) is 28 or 122 or 39 or 112; // ENOSPC, EDQUOT; Windows: HANDLE_DISK_FULL, DISK_FULL

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode0644;
        return new FileStream(path, options);
    }
}
