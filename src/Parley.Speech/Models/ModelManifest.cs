namespace Parley.Speech.Models;

/// <summary>
/// What <c>model.json</c> in the folder of a model says: written last, so a folder with it is complete. The checksums are those of the
/// files as they were verified.
/// </summary>
internal sealed record ModelManifest
{
    public const string FileName = "model.json";

    public required string Name { get; init; }

    public required string Engine { get; init; }

    /// <summary>The files, the main one first.</summary>
    public required IReadOnlyList<ModelManifestFile> Files { get; init; }
}

/// <summary>A file of an installed model.</summary>
internal sealed record ModelManifestFile(string Name, long Bytes, string Sha256);
