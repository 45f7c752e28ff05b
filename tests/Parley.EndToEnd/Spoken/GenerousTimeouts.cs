using System.Text.Json;

namespace Parley.EndToEnd.Spoken;

/// <summary>
/// Configuration of the servers for spoken tests: engines get a minute, because a loaded test machine can be many times slower than a
/// listener would accept.
/// </summary>
internal static class GenerousTimeouts
{
    private const string Minute = "00:01:00";

    /// <summary>Writes <c>parley.json</c> into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="chatModel">The section of the chat model, if any.</param>
    /// <param name="whisper">A model for Whisper, if any.</param>
    /// <param name="voice">An engine for voices and its model; null for the default ones.</param>
    public static string Write(
        DirectoryInfo folder, IReadOnlyDictionary<string, string>? chatModel = null, string? whisper = null, (string Engine, string Model)? voice = null)
    {
        var file = Path.Combine(folder.FullName, "parley.json");
        var speech = new Dictionary<string, object>
        {
            ["Recognizer"] = new Dictionary<string, object>
            {
                ["Timeout"] = Minute,
                ["PocketSphinx"] = new Dictionary<string, string> { ["StallTimeout"] = Minute },
                ["Whisper"] = new Dictionary<string, string?> { ["StallTimeout"] = Minute, ["Model"] = whisper, ["Threads"] = "1" },
            },
        };
        if (voice is var (engine, model))
        {
            speech["Synthesizer"] = new Dictionary<string, object>
            {
                ["Provider"] = engine.ToLowerInvariant(),
                [engine] = new Dictionary<string, string> { ["StallTimeout"] = Minute, ["Model"] = model },
            };
        }
        var sections = new Dictionary<string, object>
        {
            // Echo detection compares input with the audio that is playing, which makes no sense for input sent faster than real time. It
            // has tests of its own.
            ["Cascade"] = new Dictionary<string, string>
            {
                ["RecognitionTimeout"] = Minute, ["SynthesisTimeout"] = Minute, ["ChatModelTimeout"] = Minute, ["SuppressEcho"] = "false",
            },
            ["Speech"] = speech,
        };
        if (chatModel is not null)
            sections["ChatModel"] = chatModel;
        File.WriteAllText(file, JsonSerializer.Serialize(sections));
        return file;
    }
}
