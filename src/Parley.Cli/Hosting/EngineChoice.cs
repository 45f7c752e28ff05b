using Parley.Assistant;
using Parley.Cli.Commands;
using Parley.Speech;
using Parley.Speech.Models;

namespace Parley.Cli.Hosting;

/// <summary>
/// Turns <c>--stt</c>, <c>--tts</c> and <c>--llm</c> into configuration: the name of an engine, of a model, or the path of a file.
/// </summary>
internal sealed class EngineChoice(ModelStore models)
{
    private static readonly string[] Recognizers = ["auto", "whisper", "pocketsphinx", "openai", "none"];
    private static readonly string[] Synthesizers = ["auto", "piper", "kokoro", "flite", "espeak", "openai", "tone"];
    private static readonly string[] ChatModels =
    [
        ChatModelProviders.Rules, ChatModelProviders.Ollama, ChatModelProviders.LlamaCpp, ChatModelProviders.Vllm, ChatModelProviders.Gemini,
        ChatModelProviders.OpenAI,
    ];

    /// <summary>The settings, by their names in configuration.</summary>
    /// <exception cref="CommandException">A value is no engine, no model and no file; the message says what to do.</exception>
    internal Dictionary<string, string?> SettingsOf(string? stt, string? tts, string? llm)
    {
        var settings = new Dictionary<string, string?>();
        if (stt is not null)
            Add("--stt", stt, Recognizers, "Speech:Recognizer", ModelEngines.Whisper);
        if (tts is not null)
            Add("--tts", tts, Synthesizers, "Speech:Synthesizer", ModelEngines.Piper, ModelEngines.Kokoro);
        if (llm is not null)
            AddChatModel(llm);
        return settings;

        void Add(string option, string value, string[] names, string section, params string[] engines)
        {
            if (names.FirstOrDefault(name => name.Equals(value, StringComparison.OrdinalIgnoreCase)) is { } name)
            {
                settings[$"{section}:Provider"] = name;
                return;
            }
            var (engine, model) = ModelOf(option, value, names, engines);
            settings[$"{section}:Provider"] = engine;
            settings[$"{section}:{char.ToUpperInvariant(engine[0])}{engine[1..]}:Model"] = model;
        }

        void AddChatModel(string value)
        {
            // ollama:llama3.2 names a model of a server; the name may have a colon of its own.
            var parts = value.Split(':', 2);
            var provider = ChatModels.FirstOrDefault(name => name.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
            var model = parts.ElementAtOrDefault(1);
            if (provider is null)
                (provider, model) = ModelOf("--llm", value, ChatModels, ModelEngines.Gguf);
            settings["ChatModel:Provider"] = provider;
            if (model is not null)
                settings["ChatModel:Model"] = model;
        }
    }

    /// <summary>The engine of a model, and its name in the store or its full path.</summary>
    private (string Engine, string Model) ModelOf(string option, string value, string[] names, params string[] engines)
    {
        var known = models.Catalog.Find(value);
        var name = known?.Name ?? value;
        if ((models.Find(name)?.Engine ?? known?.Engine) is { } engine)
        {
            if (!engines.Contains(engine))
            {
                throw new CommandException(
                    $"{option}: {name} is a model for {ModelFiles.ServeOption(engine) ?? "turn detection"}.", ExitCodes.Usage);
            }
            return models.Find(name) is not null ? (engine, name) : throw new CommandException(
                $"{option}: model {name} is not installed. Install it: {ToolName.Current} models get {name}", ExitCodes.Usage);
        }
        if (!File.Exists(value))
        {
            throw new CommandException(
                $"{option}: {models.Unknown(value, engines[0])} Without a model: {string.Join(", ", names)}.", ExitCodes.Usage);
        }
        try
        {
            return ModelFileKind.EngineOf(value) is { } kind && engines.Contains(kind)
                ? (kind, Path.GetFullPath(value))
                : throw new CommandException(
                    $"{option}: {value} is not a model for it. It takes {FormsOf(engines)}.", ExitCodes.Usage);
        }
        catch (Exception e) when (Files.IsFileError(e))
        {
            throw new CommandException($"{option}: {value} cannot be read: {e.Message}", ExitCodes.Usage);
        }
    }

    private static string FormsOf(string[] engines) => engines[0] switch
    {
        ModelEngines.Whisper => "a Whisper model in ggml form, such as ggml-base.en.bin",
        ModelEngines.Gguf => "a chat model in GGUF form",
        _ => "a Piper voice, NAME.onnx with NAME.onnx.json beside it, or Kokoro, with its file of voices beside it",
    };
}
