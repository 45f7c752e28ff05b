namespace Parley.Cli.Commands;

/// <summary>A picture to send.</summary>
internal sealed record Picture(byte[] Data, string MimeType)
{
    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>Reads a JPEG or PNG, recognized by its first bytes.</summary>
    /// <exception cref="CommandException">It cannot be read, or is another kind of file.</exception>
    internal static async Task<Picture> ReadAsync(InputFile file, ToolEnvironment environment, CancellationToken cancellationToken)
    {
        var data = await file.ReadAsync(environment, cancellationToken);
        var type = data.AsSpan().StartsWith(JpegStart) ? "image/jpeg"
            : data.AsSpan().StartsWith(PngStart) ? "image/png"
            : throw new CommandException($"{file.Option}: {file.Name} is not a supported image. Give a JPEG or PNG file.", ExitCodes.Usage);
        return new Picture(data, type);
    }

    /// <summary>The JPEG and PNG files of a folder, ordered by name.</summary>
    /// <exception cref="CommandException">The folder does not exist, cannot be read, or has none.</exception>
    internal static IReadOnlyList<InputFile> FilesOf(string option, string folder)
    {
        try
        {
            var files = Directory.EnumerateFiles(folder)
                .Where(static file => Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG")
                .Order(StringComparer.Ordinal).Select(file => new InputFile(option, file)).ToList();
            return files.Count > 0 ? files : throw new CommandException($"{option}: {folder} contains no JPEG or PNG file.", ExitCodes.Failure);
        }
        catch (Exception e) when (Files.IsFileError(e))
        {
            throw new CommandException(
                Directory.Exists(folder) ? $"{option}: {folder} cannot be read: {e.Message}" : $"{option}: the folder {folder} does not exist.",
                ExitCodes.Failure);
        }
    }
}
