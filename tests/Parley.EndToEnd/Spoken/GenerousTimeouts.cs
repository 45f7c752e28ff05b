using System.Text.Json;

namespace Parley.EndToEnd.Spoken;

/// <summary>
/// Configuration of the servers that are spoken to: engines get a minute, because a machine that builds and tests other things beside may take
/// many times what a listener would wait.
/// </summary>
internal static class PatientConfiguration
{
    private const string Minute = "00:01:00";

    /// <summary>Writes <c>parley.json</c> into a folder.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="brain">The section of the brain, if any.</param>
    public static string Write(DirectoryInfo folder, IReadOnlyDictionary<string, string>? brain = null)
    {
        var file = Path.Combine(folder.FullName, "parley.json");
        var sections = new Dictionary<string, object>
        {
            // Sound that is sent faster than it is spoken stands beside another part of the answer than it would: whether it is an echo cannot be
            // said. Echoes have tests of their own, and the browser interrupts in real time.
            ["Cascade"] = new Dictionary<string, string>
            {
                ["RecognitionTimeout"] = Minute, ["SynthesisTimeout"] = Minute, ["BrainTimeout"] = Minute, ["SuppressEcho"] = "false",
            },
            ["Speech"] = new Dictionary<string, object>
            {
                ["Recognizer"] = new Dictionary<string, object>
                {
                    ["Timeout"] = Minute,
                    ["PocketSphinx"] = new Dictionary<string, string> { ["StallTimeout"] = Minute },
                },
            },
        };
        if (brain is not null)
            sections["Brain"] = brain;
        File.WriteAllText(file, JsonSerializer.Serialize(sections));
        return file;
    }
}
