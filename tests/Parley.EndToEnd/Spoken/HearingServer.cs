namespace Parley.EndToEnd.Spoken;

/// <summary>A <c>parley serve</c> that understands speech, for a class of tests.</summary>
public sealed class HearingServer : IAsyncLifetime
{
    /// <summary>Named, so that a machine without it fails loudly.</summary>
    internal const string Recognizer = "pocketsphinx";

    internal ParleyProcess Process { get; } = new() { Recognizer = Recognizer };

    public ValueTask InitializeAsync() => Process.InitializeAsync();

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
