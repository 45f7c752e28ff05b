using Microsoft.Extensions.AI;
using Parley.Speech;
using Parley.Speech.Hosting;
using Parley.Speech.Models;

namespace Parley.Cascade;

/// <summary>
/// The one line that says which engines answer, and what to do for better ones:
/// <c>Built-in assistant · PocketSphinx · flite. Better: parley models get …</c>.
/// </summary>
/// <param name="Engines">Chat model, STT and TTS.</param>
/// <param name="Advice">A command; empty if there is nothing better to advise.</param>
internal sealed record EngineLine(string Engines, string Advice)
{
    private const string Separator = " · ";

    /// <summary>Builds the line.</summary>
    /// <param name="chatModel">The chat model; null if there is none yet.</param>
    /// <param name="recognizer">The recognizer.</param>
    /// <param name="synthesizer">The synthesizer.</param>
    /// <param name="models">The models of this user.</param>
    /// <param name="recognizers">Names of the recognizers that other packages bring.</param>
    public static EngineLine Create(
        IChatClient? chatModel, CascadeEngine<ISpeechRecognizer> recognizer, CascadeEngine<ISpeechSynthesizer> synthesizer,
        ModelStore models, IReadOnlyCollection<string> recognizers)
    {
        var about = chatModel?.GetService<ChatClientMetadata>();
        // The built-in assistant calls itself so; anything else has a model, or at least a type.
        var isBuiltIn = about?.ProviderName == "parley";
        var chat = isBuiltIn ? "Built-in assistant" : TitleOf(about) ?? chatModel?.GetType().Name ?? "no chat model";
        var hearing = EngineTitle.Of(recognizer.Engine, recognizer.Name);
        var speaking = EngineTitle.Of(synthesizer.Engine, synthesizer.Name);

        var advice = new Advisor(models);
        if (recognizers.Contains(ModelEngines.Whisper) && recognizer.Name is SpeechProviders.PocketSphinx or SpeechProviders.None)
            advice.Add("--stt", "whisper-base.en", ModelEngines.Whisper);
        if (synthesizer.Name.Split('+')[0] is SpeechProviders.Flite or SpeechProviders.Espeak or SpeechProviders.Tone)
            advice.Add("--tts", "piper-en_US-lessac-medium", ModelEngines.Piper, ModelEngines.Kokoro);
        if (isBuiltIn)
            advice.Add("--llm", "qwen2.5-1.5b", ModelEngines.Gguf);
        return new(string.Join(Separator, chat, recognizer.Name == SpeechProviders.None ? "no STT" : hearing, speaking), advice.Text);
    }

    public override string ToString() => Advice.Length > 0 ? $"{Engines}. {Advice}" : Engines;

    private static string? TitleOf(ChatClientMetadata? about) => about switch
    {
        { DefaultModelId: { Length: > 0 } model } =>
            model.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? EngineTitle.OfModel(model) : model,
        { ProviderName: { Length: > 0 } provider } => provider,
        _ => null,
    };

    private sealed class Advisor(ModelStore models)
    {
        private readonly List<string> _get = [], _use = [];

        internal string Text => (_get.Count, _use.Count) switch
        {
            (0, 0) => "",
            (0, _) => $"Better: parley serve {string.Join(' ', _use)}",
            (_, 0) => $"Better: parley models get {string.Join(' ', _get)}",
            _ => $"Better: parley models get {string.Join(' ', _get)}, and parley serve {string.Join(' ', _use)}",
        };

        /// <summary>Advises a model that is installed, else one to install.</summary>
        internal void Add(string option, string name, params ReadOnlySpan<string> engines)
        {
            foreach (var engine in engines)
            {
                if (ModelChoice.Best(models, engine) is not { } installed)
                    continue;
                _use.Add($"{option} {installed.Name}");
                return;
            }
            _get.Add(name);
        }
    }
}
