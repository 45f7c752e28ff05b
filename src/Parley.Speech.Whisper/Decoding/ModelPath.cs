using Parley.Speech.Models;

namespace Parley.Speech.Whisper.Decoding;

/// <summary>Finds the file of a model.</summary>
internal static class ModelPath
{
    /// <summary>The full path of a model.</summary>
    /// <param name="model">A path, or the name of an installed model; null for the best installed one.</param>
    /// <exception cref="InvalidOperationException">There is none; the message says what to do.</exception>
    public static string Find(string? model)
    {
        var store = new ModelStore(ModelStore.DefaultFolder);
        return string.IsNullOrWhiteSpace(model)
            ? ModelChoice.Best(store, ModelEngines.Whisper)?.Path
                ?? throw new InvalidOperationException("no Whisper model is installed. Install one: parley models get whisper-base.en.")
            : store.Resolve(model, ModelEngines.Whisper);
    }
}
