namespace Parley.Speech.Whisper.Tests;

/// <summary>Generated models as files, deleted after the tests.</summary>
public sealed class ModelFiles : IDisposable
{
    public const string Sentence = "hello there this is a test.";

    private readonly string _folder = Directory.CreateTempSubdirectory("parley-whisper-").FullName;

    /// <summary>Says <see cref="Sentence"/>.</summary>
    public string Talking => Create("talking.bin", static () => TinyWhisper.Create(sentence: Sentence));

    /// <summary>Says <see cref="Sentence"/> and takes it for German.</summary>
    public string German => Create("german.bin", static () => TinyWhisper.Create(sentence: Sentence, isMultilingual: true));

    /// <summary>Says random tokens without end.</summary>
    public string Rambling => Create("rambling.bin", static () => TinyWhisper.Create(seed: 7));

    public string Create(string name, Func<byte[]> bytes)
    {
        lock (_folder)
        {
            var path = Path.Combine(_folder, name);
            if (!File.Exists(path))
                File.WriteAllBytes(path, bytes());
            return path;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
