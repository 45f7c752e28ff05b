namespace Parley.EndToEnd.Spoken;

/// <summary>A <c>parley serve</c> that understands speech, for a class of tests.</summary>
public sealed class HearingServer : IAsyncLifetime
{
    /// <summary>Named, so that a machine without it fails loudly.</summary>
    internal const string Recognizer = "pocketsphinx";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-hearing-");

    public HearingServer() => Process = new ParleyProcess("--config", PatientConfiguration.Write(_folder)) { Recognizer = Recognizer, Detector = "auto" };

    internal ParleyProcess Process { get; }

    public ValueTask InitializeAsync() => Process.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
