namespace Parley.Server.Storage;

/// <summary>
/// Creates the files and folders that hold conversations and secrets: from their creation on, only this user may read them. Existing ones are made private or
/// refused. On Windows they inherit the rights of their folder.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates a folder, or makes an existing one private.</summary>
    /// <param name="what">What it is, for errors, such as <c>data folder</c>.</param>
    /// <param name="path">The folder.</param>
    /// <param name="ownFiles">Patterns of the files that Parley keeps there: a folder with only other files is not changed but refused.</param>
    /// <returns>Its full path.</returns>
    /// <exception cref="IOException">It cannot be created or made private; the message says what to do.</exception>
    internal static string CreateFolder(string what, string path, params ReadOnlySpan<string> ownFiles)
    {
        var folder = Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
                return folder;
            }
            CreateMissing(folder);
            var mode = File.GetUnixFileMode(folder);
            if ((mode & Others) == 0)
                return folder;
            if ((mode & UnixFileMode.StickyBit) != 0 || !IsOwn(folder, ownFiles))
                throw new IOException($"The {what} {folder} holds other files and can be read by other users. Give a folder of its own, such as {Path.Combine(folder, "parley")}.");
            File.SetUnixFileMode(folder, FolderMode);
            return folder;
        }
        catch (UnauthorizedAccessException e)
        {
            throw Directory.Exists(folder)
                ? new IOException($"The {what} {folder} belongs to another user, or other users can read it, and this process may not change that. Give a folder of its own, such as {Path.Combine(folder, "parley")}.", e)
                : new IOException($"The {what} {folder} cannot be created: {e.Message} Give another folder.", e);
        }
        catch (IOException e) when (!Directory.Exists(folder))
        {
            throw new IOException($"The {what} {folder} cannot be created: {e.Message} Give another folder.", e);
        }
    }

    /// <summary>Opens a file, created if <paramref name="mode"/> does that; an existing file is made private before anything is written.</summary>
    /// <exception cref="IOException">It cannot be opened or made private.</exception>
    internal static FileStream Open(string path, FileMode mode, FileAccess access = FileAccess.Write, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows() && mode is not FileMode.Open and not FileMode.Truncate)
            options.UnixCreateMode = FileMode0600;
        FileStream file;
        try
        {
            file = new FileStream(path, options);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The file {path} cannot be opened: {e.Message}", e);
        }
        try
        {
            if (!OperatingSystem.IsWindows() && !IsDevice(path) && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
                File.SetUnixFileMode(file.SafeFileHandle, FileMode0600);
            return file;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            file.Dispose();
            throw NotPrivate(path, e);
        }
    }

    /// <summary>Creates a file, or truncates an existing one.</summary>
    /// <exception cref="IOException">It cannot be opened or made private.</exception>
    internal static FileStream Create(string path) => Open(path, FileMode.Create);

    /// <summary>Writes a file as a whole: a reader sees the old or the new content, and a crash leaves one of them.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        var written = $"{path}.{Guid.NewGuid():n}";
        try
        {
            using (var file = Open(written, FileMode.CreateNew))
                file.Write(content);
            File.Move(written, path, overwrite: true);
        }
        catch
        {
            File.Delete(written);
            throw;
        }
    }

    /// <summary>Makes a file private, if it exists.</summary>
    /// <exception cref="IOException">It cannot be made private.</exception>
    internal static void Tighten(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return;
        try
        {
            if ((File.GetUnixFileMode(path) & Others) != 0)
                File.SetUnixFileMode(path, FileMode0600);
        }
        catch (FileNotFoundException)
        {
            // SQLite has just deleted it.
        }
        catch (UnauthorizedAccessException e)
        {
            throw NotPrivate(path, e);
        }
    }

    // One by one: .NET gives the mode to the last folder only.
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void CreateMissing(string folder)
    {
        if (Directory.Exists(folder))
            return;
        if (Path.GetDirectoryName(folder) is { Length: > 0 } parent)
            CreateMissing(parent);
        Directory.CreateDirectory(folder, FolderMode);
    }

    private static bool IsDevice(string path) => Path.GetFullPath(path) is var full && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal));

    private static IOException NotPrivate(string path, Exception cause) =>
        new($"Other users can read {path}, and this process may not change that. Give another file or folder, or change its owner.", cause);

    // Otherwise a wrong argument of a privileged user would close a folder of the system to everybody else.
    private static bool IsOwn(string folder, ReadOnlySpan<string> ownFiles)
    {
        foreach (var pattern in ownFiles)
        {
            if (Directory.EnumerateFileSystemEntries(folder, pattern).Any())
                return true;
        }
        return Directory.EnumerateFileSystemEntries(folder).All(static entry => Path.GetFileName(entry) == "lost+found");
    }
}
