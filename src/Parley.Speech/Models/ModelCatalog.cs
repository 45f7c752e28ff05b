using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Parley.Speech.Worker.Recognition;

namespace Parley.Speech.Models;

/// <summary>The models that are known by name: data in <c>catalog.json</c>, from public sources that docs/models.md cites.</summary>
internal sealed partial class ModelCatalog
{
    private const string Resource = "model-catalog.json";
    private const int MaxSuggestions = 3;

    private static readonly Lazy<ModelCatalog> Embedded = new(static () =>
    {
        using var stream = typeof(ModelCatalog).Assembly.GetManifestResourceStream(Resource)!;
        return Read(stream);
    });

    private ModelCatalog(IReadOnlyList<CatalogModel> models) => Models = models;

    /// <summary>The catalogue that comes with Parley.</summary>
    public static ModelCatalog Default => Embedded.Value;

    public IReadOnlyList<CatalogModel> Models { get; }

    /// <summary>Reads a catalogue.</summary>
    /// <exception cref="InvalidDataException">It is not valid; the message names the model and the error.</exception>
    public static ModelCatalog Read(Stream json)
    {
        CatalogModel[]? models;
        try
        {
            models = JsonSerializer.Deserialize(json, CatalogJson.Default.CatalogModelArray);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The model catalogue is not valid: {e.Message}", e);
        }
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in models ?? [])
            Check(model, names);
        return new ModelCatalog(models ?? []);
    }

    /// <summary>The model of a name or alias; null if there is none.</summary>
    public CatalogModel? Find(string name) => Models.FirstOrDefault(model => model.IsNamed(name));

    /// <summary>The names most like a misspelled one: at most three, the nearest first; none if nothing is near.</summary>
    /// <param name="name">What the user wrote.</param>
    /// <param name="engine">Only models of this engine; null for all.</param>
    public IReadOnlyList<string> Near(string name, string? engine = null)
    {
        var wanted = name.ToLowerInvariant();
        var candidates = Models.Where(model => engine is null || model.Engine == engine).ToList();
        // A part of a name is the most usual mistake: "base.en", "lessac", "qwen".
        var parts = candidates.Where(model => wanted.Length > 2 && model.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase));
        var misspelled = candidates
            .Select(model => (model.Name, Distance: model.Aliases.Append(model.Name).Min(known => Distance(known, wanted))))
            .Where(candidate => candidate.Distance <= Math.Max(2, wanted.Length / 3))
            .OrderBy(static candidate => candidate.Distance);
        return [.. parts.Select(static model => model.Name).Concat(misspelled.Select(static candidate => candidate.Name)).Distinct().Take(MaxSuggestions)];
    }

    /// <summary>Whether a name of a model or of a file is safe as a name in a folder on every system.</summary>
    internal static bool IsSafeName(string? name) =>
        name is { Length: <= 100 } && SafeName().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal) && !DeviceName().IsMatch(name);

    private static int Distance(string known, string wanted) =>
        wanted.Length > 100 ? int.MaxValue : WordSimilarity.Edits<char>(known.ToLowerInvariant(), wanted);

    private static void Check(CatalogModel model, HashSet<string> names)
    {
        foreach (var name in model.Aliases.Prepend(model.Name))
        {
            if (!IsSafeName(name))
                throw Invalid(model, $"\"{name}\" is no name. Use letters, digits, '.', '_' and '-'");
            if (!names.Add(name))
                throw Invalid(model, $"\"{name}\" is the name of another model too");
        }
        if (!ModelEngines.All.Contains(model.Engine))
            throw Invalid(model, $"engine \"{model.Engine}\" is unknown. Use {string.Join(", ", ModelEngines.All)}");
        if (model.Files is not { Count: > 0 })
            throw Invalid(model, "it has no files");
        if (model.Files.Select(static file => file.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() < model.Files.Count)
            throw Invalid(model, "two of its files have the same name");
        foreach (var file in model.Files)
        {
            if (!IsSafeName(file.Name))
                throw Invalid(model, $"\"{file.Name}\" is no name of a file. Use letters, digits, '.', '_' and '-'");
            if (file.Address is not { IsAbsoluteUri: true, Scheme: "https" or "http" })
                throw Invalid(model, $"the address of {file.Name} is no http or https URL");
            if (file.Bytes < 0 || file.AboutBytes < 0)
                throw Invalid(model, $"the size of {file.Name} is negative");
            if (file.Checksum is not null && !ChecksumForm().IsMatch(file.Checksum))
                throw Invalid(model, $"the checksum of {file.Name} is not sha256, sha1 or md5, a colon and hexadecimal digits");
        }
    }

    private static InvalidDataException Invalid(CatalogModel model, string problem) => new($"The model catalogue is not valid: {model.Name}: {problem}.");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]\z")]
    private static partial Regex SafeName();

    // Windows takes these for devices, with any extension.
    [GeneratedRegex(@"\A(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\z)", RegexOptions.IgnoreCase)]
    private static partial Regex DeviceName();

    [GeneratedRegex(@"\A(sha256:[0-9a-f]{64}|sha1:[0-9a-f]{40}|md5:[0-9a-f]{32})\z")]
    private static partial Regex ChecksumForm();
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CatalogModel[]))]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class CatalogJson : JsonSerializerContext;
