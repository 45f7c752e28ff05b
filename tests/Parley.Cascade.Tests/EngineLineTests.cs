using Microsoft.Extensions.AI;
using Parley.Speech;
using Parley.Speech.Recognition;

namespace Parley.Cascade.Tests;

public sealed class EngineLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parley-engines-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Line_of_built_in_engines_advises_models_to_install() =>
        Assert.Equal(
            "Built-in assistant · PocketSphinx · flite. Better: parley models get whisper-base.en piper-en_US-lessac-medium qwen2.5-1.5b",
            Line(Chat("parley", "parley-rules"), "pocketsphinx", "flite"));

    [Fact]
    public void Line_of_built_in_engines_advises_models_that_are_installed_and_not_used()
    {
        Install("whisper-base.en", "whisper");
        Install("qwen2.5-1.5b", "gguf");
        Install("kokoro-v1.0", "kokoro");

        Assert.EndsWith(
            ". Better: parley serve --stt whisper-base.en --tts kokoro-v1.0 --llm qwen2.5-1.5b",
            Line(Chat("parley", "parley-rules"), "none", "tone"), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_of_models_has_their_titles_and_no_advice() =>
        Assert.Equal(
            "Qwen2.5 1.5B · whisper · piper",
            Line(Chat("gguf", "qwen2.5-1.5b-instruct-q4_k_m.gguf"), "whisper", "piper"));

    [Theory]
    [InlineData("gguf", "own.gguf", "own · ")]
    [InlineData("openai", "llama3.2", "llama3.2 · ")]
    [InlineData("agent", null, "agent · ")]
    public void Chat_model_is_named_by_its_model_or_its_provider(string provider, string? model, string start) =>
        Assert.StartsWith(start, Line(Chat(provider, model), "whisper", "piper"), StringComparison.Ordinal);

    [Fact]
    public void Whisper_is_not_advised_where_its_package_is_missing() =>
        Assert.DoesNotContain("whisper", Line(Chat("parley", "parley-rules"), "pocketsphinx", "piper", hasWhisper: false), StringComparison.Ordinal);

    [Fact]
    public void Missing_recognizer_is_said() =>
        Assert.Contains(" · no STT · ", Line(Chat("parley", "parley-rules"), "none", "flite"), StringComparison.Ordinal);

    private static FakeChat Chat(string provider, string? model) => new(new ChatClientMetadata(provider, null, model));

    // The engines are known by their names.
    private string Line(IChatClient chat, string recognizer, string synthesizer, bool hasWhisper = true) =>
        EngineLine.Create(
            chat, new CascadeEngine<ISpeechRecognizer>(new AbsentRecognizer(), recognizer, ""),
            new CascadeEngine<ISpeechSynthesizer>(new ToneSynthesizer(), synthesizer, ""), new ModelStore(_folder), hasWhisper ? ["whisper"] : []).ToString();

    private void Install(string name, string engine)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "file"), "");
        File.WriteAllText(Path.Combine(folder, "model.json"), $$"""{"name":"{{name}}","engine":"{{engine}}","files":[{"name":"file","bytes":0,"sha256":""}]}""");
    }

    private sealed class FakeChat(ChatClientMetadata about) : IChatClient
    {
        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? about : null;

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
