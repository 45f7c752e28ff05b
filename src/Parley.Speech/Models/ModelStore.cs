using System.Text.Json;
using Parley.Speech.Models;

namespace Parley.Speech;

/// <summary>
/// The folder of downloaded models, one folder each. <c>parley models get</c> fills it; engines ask it for the file of a model. Reads the
/// folder at each call, so a model that was just installed is found. Thread-safe.
/// </summary>
public sealed class ModelStore
{
    /// <summary>Environment variable that names the folder.</summary>
    public const string FolderVariable = "PARLEY_MODELS";

    /// <summary>A store in a folder, which need not exist.</summary>
    /// <param name="folder">The folder; <see cref="DefaultFolder"/> unless the user chose another one.</param>
    public ModelStore(string folder)
        : this(folder, ModelCatalog.Default)
    {
    }

    internal ModelStore(string folder, ModelCatalog catalog)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Folder = Path.GetFullPath(folder);
        Catalog = catalog;
    }

    /// <summary>
    /// <c>PARLEY_MODELS</c> if it is set, else <c>parley/models</c> in the user's data folder: <c>XDG_DATA_HOME</c> or
    /// <c>~/.local/share</c> on Linux, <c>~/Library/Application Support</c> on macOS, <c>%LOCALAPPDATA%</c> on Windows.
    /// </summary>
    public static string DefaultFolder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder
        ? folder
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "parley", "models");

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>The models that are completely installed, by engine and name.</summary>
    public IReadOnlyList<InstalledModel> Installed
    {
        get
        {
            if (!Directory.Exists(Folder))
                return [];
            var found = Directory.EnumerateDirectories(Folder).Select(folder => Find(Path.GetFileName(folder))).OfType<InstalledModel>();
            return [.. found.OrderBy(static model => ModelEngines.OrderOf(model.Engine)).ThenBy(static model => model.Name, StringComparer.Ordinal)];
        }
    }

    internal ModelCatalog Catalog { get; }

    /// <summary>Returns the full path of the main file of a model. The other files of the model are beside it.</summary>
    /// <param name="nameOrPath">A name or alias of the catalogue, such as <c>whisper-base.en</c>, or the path of a file.</param>
    /// <param name="engine">What must run it: "whisper", "piper", "kokoro", "gguf" or "smart-turn".</param>
    /// <exception cref="InvalidOperationException">The model is not installed, unknown, or one of another engine; the message says what to
    /// do.</exception>
    public string Resolve(string nameOrPath, string engine)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrPath);
        ArgumentException.ThrowIfNullOrWhiteSpace(engine);
        var known = Catalog.Find(nameOrPath);
        if (Find(known?.Name ?? nameOrPath) is { } installed)
            return installed.Engine == engine ? installed.Path : throw OtherEngine(installed.Name, installed.Engine, engine);
        if (known is null && File.Exists(nameOrPath))
            return Path.GetFullPath(nameOrPath);
        if (known is not null && known.Engine != engine)
            throw OtherEngine(known.Name, known.Engine, engine);
        throw new InvalidOperationException(known is not null
            ? $"Model {known.Name} is not installed. Install it: parley models get {known.Name}."
            : Unknown(nameOrPath, engine));
    }

    /// <summary>The folder of a model, whether it exists or not.</summary>
    /// <param name="name">A name that is safe as a name of a folder; a path would leave the store.</param>
    internal string FolderOf(string name) =>
        ModelCatalog.IsSafeName(name) ? Path.Combine(Folder, name) : throw new ArgumentException($"\"{name}\" is not a name of a model.", nameof(name));

    /// <summary>The installed model of a name; null if it is not there or not complete.</summary>
    internal InstalledModel? Find(string name)
    {
        if (!ModelCatalog.IsSafeName(name) || ReadManifest(name) is not { } manifest)
            return null;
        var files = manifest.Files.Select(file => new FileInfo(Path.Combine(Folder, name, file.Name))).ToList();
        var isComplete = files.Zip(manifest.Files).All(static pair => pair.First.Exists && pair.First.Length == pair.Second.Bytes);
        return isComplete ? new InstalledModel(name, manifest.Engine, files[0].FullName, manifest.Files.Sum(static file => file.Bytes)) : null;
    }

    /// <summary>Says that nothing has this name, and which names are near.</summary>
    internal string Unknown(string nameOrPath, string? engine)
    {
        if (nameOrPath.AsSpan().ContainsAny('/', '\\'))
            return $"The file {nameOrPath} does not exist. Give the path of a model file, or a name that parley models available lists.";
        var near = Catalog.Near(nameOrPath, engine);
        var advice = near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}? " : "";
        return $"There is no model \"{nameOrPath}\". {advice}All names: parley models available.";
    }

    /// <summary>What model.json of a model says; null if it has none that is valid.</summary>
    internal ModelManifest? ReadManifest(string name)
    {
        try
        {
            using var file = File.OpenRead(Path.Combine(Folder, name, ModelManifest.FileName));
            var manifest = JsonSerializer.Deserialize(file, CatalogJson.Default.ModelManifest);
            // Written by this program, but anybody may have changed it: its names must stay inside the folder.
            return manifest is { Files.Count: > 0 } && manifest.Files.All(static file => ModelCatalog.IsSafeName(file.Name)) ? manifest : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static InvalidOperationException OtherEngine(string name, string engine, string wanted) => new(
        $"Model {name} is for {engine}, and one for {wanted} is needed. Names: parley models available.");
}
