namespace Parley.Cli.Commands;

internal static class MediaFiles
{
    internal static string ImageType(FileInfo file) => file.Extension.ToUpperInvariant() switch
    {
        ".JPG" or ".JPEG" => "image/jpeg",
        ".PNG" => "image/png",
        _ => throw new CommandException($"{file.Name} is not a picture this can send. Give a JPEG or PNG.", ExitCodes.Usage),
    };

    /// <summary>The pictures of a folder, in the order of their names.</summary>
    internal static IReadOnlyList<FileInfo> Images(DirectoryInfo folder) =>
        [.. folder.EnumerateFiles().Where(file => file.Extension.ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG").OrderBy(file => file.Name, StringComparer.Ordinal)];
}
