namespace Parley.EndToEnd.Spoken;

/// <summary>A <c>parley serve</c> with speech recognition, for a class of tests.</summary>
public sealed class SpeechServer : IAsyncLifetime
{
    /// <summary>Set explicitly, so that the tests fail on a machine without it.</summary>
    internal const string Recognizer = "pocketsphinx";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-speech-");

    public SpeechServer() => Process = new ParleyProcess("--config", GenerousTimeouts.Write(_folder)) { Recognizer = Recognizer, Detector = "auto" };

    internal ParleyProcess Process { get; }

    public ValueTask InitializeAsync() => Process.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
