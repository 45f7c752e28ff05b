using Parley.Cli.Hosting;
using Parley.Speech;

namespace Parley.Cli.Tests.Hosting;

public sealed class EngineChoiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parley-engines-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Name_of_an_engine_is_its_provider()
    {
        Assert.Equal(Settings(("Speech:Recognizer:Provider", "pocketsphinx")), Choose(stt: "PocketSphinx"));
        Assert.Equal(Settings(("Speech:Synthesizer:Provider", "tone")), Choose(tts: "tone"));
        Assert.Equal(Settings(("ChatModel:Provider", "rules")), Choose(llm: "rules"));
        Assert.Empty(Choose());
    }

    [Theory]
    [InlineData("ollama:llama3.2", "ollama", "llama3.2")]
    [InlineData("Ollama:qwen2.5:3b", "ollama", "qwen2.5:3b")]
    [InlineData("vllm:Qwen/Qwen2.5-VL-7B-Instruct", "vllm", "Qwen/Qwen2.5-VL-7B-Instruct")]
    public void Model_of_a_server_follows_its_provider(string value, string provider, string model) =>
        Assert.Equal(Settings(("ChatModel:Provider", provider), ("ChatModel:Model", model)), Choose(llm: value));

    [Fact]
    public void Installed_model_brings_its_engine()
    {
        Install("whisper-base.en", "whisper", "ggml-base.en.bin");
        Install("piper-en_US-lessac-medium", "piper", "en_US-lessac-medium.onnx");
        Install("kokoro-v1.0", "kokoro", "kokoro-v1.0.onnx");
        Install("qwen2.5-1.5b", "gguf", "qwen.gguf");

        Assert.Equal(
            Settings(
                ("Speech:Recognizer:Provider", "whisper"), ("Speech:Recognizer:Whisper:Model", "whisper-base.en"),
                ("Speech:Synthesizer:Provider", "piper"), ("Speech:Synthesizer:Piper:Model", "piper-en_US-lessac-medium"),
                ("ChatModel:Provider", "gguf"), ("ChatModel:Model", "qwen2.5-1.5b")),
            Choose("whisper-base.en", "piper-en_US-lessac", "qwen2.5-1.5b"));
        Assert.Equal("kokoro-v1.0", Choose(tts: "kokoro-v1.0")["Speech:Synthesizer:Kokoro:Model"]);
    }

    [Fact]
    public void File_is_taken_by_what_is_in_it_and_beside_it()
    {
        var whisper = Write("any.name", "lmgg....");
        var gguf = Write("chat", "GGUF....");
        var piper = Write("voice.onnx", "");
        Write("voice.onnx.json", "{}");

        Assert.Equal(whisper, Choose(stt: whisper)["Speech:Recognizer:Whisper:Model"]);
        Assert.Equal(gguf, Choose(llm: gguf)["ChatModel:Model"]);
        Assert.Equal(piper, Choose(tts: piper)["Speech:Synthesizer:Piper:Model"]);
        var other = Directory.CreateDirectory(Path.Combine(_folder, "k")).FullName;
        var kokoro = Write("k/kokoro.onnx", "");
        File.WriteAllText(Path.Combine(other, "voices-v1.0.bin"), "");
        Assert.Equal(kokoro, Choose(tts: kokoro)["Speech:Synthesizer:Kokoro:Model"]);
    }

    [Theory]
    [InlineData("GGUF....", "is not a model for it. It takes a Whisper model in ggml form")]
    [InlineData("RIFF....", "is not a model for it.")]
    [InlineData("", "is not a model for it.")]
    public void File_of_another_kind_is_refused(string content, string message)
    {
        var error = Assert.Throws<CommandException>(() => Choose(stt: Write("file", content)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, error.ExitCode);
    }

    private static Dictionary<string, string?> Settings(params (string Name, string? Value)[] settings) => settings.ToDictionary(static s => s.Name, static s => s.Value);

    private Dictionary<string, string?> Choose(string? stt = null, string? tts = null, string? llm = null) =>
        new EngineChoice(new ModelStore(Path.Combine(_folder, "models"))).SettingsOf(stt, tts, llm);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private void Install(string name, string engine, string file)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "models", name)).FullName;
        File.WriteAllText(Path.Combine(folder, file), "");
        File.WriteAllText(Path.Combine(folder, "model.json"), $$"""{"name":"{{name}}","engine":"{{engine}}","files":[{"name":"{{file}}","bytes":0,"sha256":""}]}""");
    }
}
