namespace Parley.Speech.Models;

/// <summary>Where the files of a model come from: the addresses of the catalogue, a mirror, or this machine.</summary>
internal sealed class ModelSource
{
    private readonly Uri? _base;

    private ModelSource(Uri? place) => _base = place;

    /// <summary>The addresses of the catalogue.</summary>
    public static ModelSource Catalog { get; } = new(null);

    /// <summary>Reads the value of <c>--from</c>: a file, a folder or a URL; null or empty for <see cref="Catalog"/>.</summary>
    /// <exception cref="ModelException">It is none of these.</exception>
    public static ModelSource Parse(string? from)
    {
        if (string.IsNullOrEmpty(from))
            return Catalog;
        if (Directory.Exists(from))
            return new(new Uri(Path.TrimEndingDirectorySeparator(Path.GetFullPath(from)) + Path.DirectorySeparatorChar));
        if (File.Exists(from))
            return new(new Uri(Path.GetFullPath(from)));
        if (!from.Contains("://", StringComparison.Ordinal))
            throw new ModelException($"{from} does not exist. Give a file, a folder, or a URL such as https://models.example.com/.");
        if (!Uri.TryCreate(from, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0)
            throw new ModelException($"{from} is not a valid source. Give a file, a folder, or an http or https URL.");
        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            throw new ModelException($"The URL {ModelHttp.Place(url)} must have no user information, query or fragment: requests for models carry no credential.");
        return new(url);
    }

    /// <summary>Where a file may be, in the order in which the places are tried; those on this machine have the scheme "file".</summary>
    public IReadOnlyList<Uri> PlacesOf(CatalogModel model, CatalogFile file)
    {
        if (_base is not { } place)
            return [file.Address];
        // A place of the main file: the others are beside it. On this machine the main file may have any name.
        var isFile = place.IsFile ? place.AbsolutePath[^1] != '/' : place.Segments[^1] == model.Files[0].Name;
        if (isFile)
            return [file == model.Files[0] ? place : new Uri(place, file.Name)];
        var folder = place.AbsolutePath[^1] == '/' ? place : new Uri(place.AbsoluteUri + "/");
        Uri[] places = [new(folder, $"{model.Name}/{file.Name}"), new(folder, file.Name)];
        return place.IsFile ? places : [.. places, new(folder, file.Address.AbsolutePath[1..])];
    }
}
