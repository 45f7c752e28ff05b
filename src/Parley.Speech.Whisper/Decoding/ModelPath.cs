namespace Parley.Speech.Whisper.Decoding;

/// <summary>Finds the file of a model.</summary>
internal static class ModelPath
{
    /// <summary>The full path of a model.</summary>
    /// <param name="model">A path, or the name of an installed model; null for the best installed one.</param>
    /// <exception cref="InvalidOperationException">There is none; the message says what to do.</exception>
    public static string Find(string? model)
    {
        if (string.IsNullOrWhiteSpace(model))
            throw new InvalidOperationException("no Whisper model is configured. Set Speech:Recognizer:Whisper:Model to a model in ggml form, such as ggml-base.en.bin.");
        return File.Exists(model) ? Path.GetFullPath(model)
            : throw new InvalidOperationException($"the model {model} does not exist. Set Speech:Recognizer:Whisper:Model to a model in ggml form, such as ggml-base.en.bin.");
    }
}
