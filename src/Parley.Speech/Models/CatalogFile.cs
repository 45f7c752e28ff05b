namespace Parley.Speech.Models;

/// <summary>A file of a model: where it is published, and what is known of it.</summary>
internal sealed record CatalogFile
{
    /// <summary>Its name in the folder of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is downloaded from, over https.</summary>
    public required Uri Address { get; init; }

    /// <summary>Its exact size; null if no public source states it.</summary>
    public long? Bytes { get; init; }

    /// <summary>Its size as a source states it, rounded; null if <see cref="Bytes"/> is known, or nothing.</summary>
    public long? AboutBytes { get; init; }

    /// <summary>Algorithm and value, such as <c>sha1:137c…</c>; null if no public source states it.</summary>
    public string? Checksum { get; init; }
}
