namespace Parley.Cli.Storage;

/// <summary>Files and folders that only this user can read. On Windows they have the permissions of their folder.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, FileMode | UnixFileMode.UserExecute);
    }

    /// <summary>Writes a file as a whole: a reader sees the old or the new content, and a crash leaves one of them.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        var written = $"{path}.{Guid.NewGuid():n}";
        try
        {
            var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = FileMode;
            using (var file = new FileStream(written, options))
                file.Write(content);
            File.Move(written, path, overwrite: true);
        }
        catch
        {
            File.Delete(written);
            throw;
        }
    }
}
