namespace Parley.Speech.Models;

/// <summary>A model that the catalogue knows.</summary>
internal sealed record CatalogModel
{
    /// <summary>Name on the command line and in configuration: letters, digits, '.', '_' and '-'. Also the name of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>Shorter names for it.</summary>
    public IReadOnlyList<string> Aliases { get => field ?? []; init; }

    /// <summary>One of <see cref="ModelEngines"/>.</summary>
    public required string Engine { get; init; }

    /// <summary>Name for people, such as "Whisper base.en".</summary>
    public required string Title { get; init; }

    /// <summary>What it is good for, in one sentence.</summary>
    public string Note { get => field ?? ""; init; }

    /// <summary>Its licence: an SPDX identifier, or the name that its publisher uses.</summary>
    public required string License { get; init; }

    /// <summary>Where the licence is published, if its name does not say enough; null otherwise.</summary>
    public Uri? LicenseAddress { get; init; }

    /// <summary>Its size in millions of parameters, which says how much computing it needs; null if unknown.</summary>
    public int? Parameters { get; init; }

    /// <summary>The languages it knows, as BCP-47 tags; "multi" for a hundred of them.</summary>
    public required IReadOnlyList<string> Languages { get; init; }

    /// <summary>Its files; the first is the main one.</summary>
    public required IReadOnlyList<CatalogFile> Files { get; init; }

    /// <summary>Size of all files in bytes; approximate if that of a file is.</summary>
    public long Bytes => Files.Sum(static file => file.Bytes ?? file.AboutBytes ?? 0);

    /// <summary>What it does, for people.</summary>
    public string Kind => ModelEngines.KindOf(Engine);

    /// <summary>Whether this is its name, or an alias of it; case is ignored.</summary>
    public bool IsNamed(string name) =>
        string.Equals(name, Name, StringComparison.OrdinalIgnoreCase) || Aliases.Contains(name, StringComparer.OrdinalIgnoreCase);
}
