namespace Parley.Speech.Models;

/// <summary>The engines of model files, as catalogue and options name them.</summary>
internal static class ModelEngines
{
    /// <summary>whisper.cpp: speech recognition, one ggml file.</summary>
    public const string Whisper = "whisper";

    /// <summary>Piper: a voice, NAME.onnx with NAME.onnx.json beside it.</summary>
    public const string Piper = "piper";

    /// <summary>Kokoro: voices, an ONNX file with the styles of its voices beside it.</summary>
    public const string Kokoro = "kokoro";

    /// <summary>llama.cpp: a chat model, one GGUF file.</summary>
    public const string Gguf = "gguf";

    /// <summary>Smart Turn: turn detection, one ONNX file.</summary>
    public const string SmartTurn = "smart-turn";

    /// <summary>All engines, in the order in which lists show them.</summary>
    public static IReadOnlyList<string> All { get; } = [Whisper, Piper, Kokoro, Gguf, SmartTurn];

    /// <summary>The place of an engine in <see cref="All"/>.</summary>
    public static int OrderOf(string engine) => All.TakeWhile(known => known != engine).Count();

    /// <summary>What the models of an engine do, for people.</summary>
    public static string KindOf(string engine) => engine switch
    {
        Whisper => "STT",
        Piper or Kokoro => "TTS",
        Gguf => "LLM",
        _ => "turns",
    };
}
