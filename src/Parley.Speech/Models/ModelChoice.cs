namespace Parley.Speech.Models;

/// <summary>Chooses the model for "auto": the best that is installed and that this machine can run.</summary>
internal static class ModelChoice
{
    /// <summary>
    /// Millions of parameters that a core keeps up with in real time, as a rule: Whisper base on two cores, small on four, large-v3-turbo on
    /// thirteen; a chat model of half a billion on two. Whether it is enough here, the engine measures.
    /// </summary>
    private const int WhisperPerCore = 64, GgufPerCore = 300;

    /// <summary>What a model needs besides its file.</summary>
    private const long WorkingBytes = 200 << 20;

    /// <summary>The best installed model of an engine; null if none is installed, or none fits into half of the memory.</summary>
    public static InstalledModel? Best(ModelStore store, string engine) =>
        Best(store, engine, Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    internal static InstalledModel? Best(ModelStore store, string engine, int processors, long memoryBytes)
    {
        var perCore = engine == ModelEngines.Gguf ? GgufPerCore : WhisperPerCore;
        var fitting = store.Installed
            .Where(model => model.Engine == engine && model.Bytes + WorkingBytes <= memoryBytes / 2)
            .Select(model => (Model: model, Size: ParametersOf(store, model), IsMultilingual: IsMultilingual(store, model)))
            .ToList();
        // More parameters, then more languages, then more bits for each parameter.
        var best = fitting.Where(candidate => candidate.Size <= (long)perCore * processors)
            .OrderByDescending(static candidate => candidate.Size)
            .ThenByDescending(static candidate => candidate.IsMultilingual)
            .ThenByDescending(static candidate => candidate.Model.Bytes)
            .Select(static candidate => candidate.Model).FirstOrDefault();
        // Whoever installed only a large model wants it rather than none.
        return best ?? fitting.OrderBy(static candidate => candidate.Size).ThenBy(static candidate => candidate.Model.Bytes)
            .Select(static candidate => candidate.Model).FirstOrDefault();
    }

    // A model that the catalogue does not know: two bytes a parameter.
    private static long ParametersOf(ModelStore store, InstalledModel model) =>
        store.Catalog.Find(model.Name)?.Parameters ?? model.Bytes / 2_000_000;

    private static bool IsMultilingual(ModelStore store, InstalledModel model) =>
        store.Catalog.Find(model.Name)?.Languages is not { Count: 1 } languages || languages[0] == "multi";
}
