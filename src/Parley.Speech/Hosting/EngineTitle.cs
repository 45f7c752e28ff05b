using Parley.Speech.Models;

namespace Parley.Speech.Hosting;

/// <summary>Titles of engines and models for people.</summary>
internal static class EngineTitle
{
    /// <summary>The title of an engine: its own, else by its name.</summary>
    public static string Of(object engine, string name) => engine is ITitledEngine titled ? titled.Title : OfName(name);

    /// <summary>The title of an engine of a name.</summary>
    public static string OfName(string name) => name switch
    {
        SpeechProviders.PocketSphinx => "PocketSphinx",
        SpeechProviders.Espeak => "espeak-ng",
        SpeechProviders.Tone => "tones",
        _ => name,
    };

    /// <summary>The title of a model file: that of the catalogue, else the name of the file.</summary>
    /// <param name="path">Its path or name.</param>
    public static string OfModel(string path)
    {
        var file = Path.GetFileName(path);
        return ModelCatalog.Default.Models
            .FirstOrDefault(model => model.Files[0].Name.Equals(file, StringComparison.OrdinalIgnoreCase))?.Title ?? Path.GetFileNameWithoutExtension(file);
    }
}
