namespace Parley.Cli.Commands;

internal static class MediaFiles
{
    internal static string ImageType(FileInfo file) => file.Extension.ToUpperInvariant() switch
    {
        ".JPG" or ".JPEG" => "image/jpeg",
        ".PNG" => "image/png",
        _ => throw new CommandException(
            $"{file.Name} is not a supported image. Give a JPEG (.jpg, .jpeg) or PNG (.png) file.", ExitCodes.Usage),
    };

    /// <summary>The JPEG and PNG files of a folder, ordered by name.</summary>
    internal static IReadOnlyList<FileInfo> Images(DirectoryInfo folder) =>
        [
            .. folder.EnumerateFiles().Where(file => file.Extension.ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG")
                .OrderBy(file => file.Name, StringComparer.Ordinal),
        ];
}
