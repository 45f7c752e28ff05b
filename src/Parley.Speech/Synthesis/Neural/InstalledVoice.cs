using System.Runtime.CompilerServices;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>
/// A voice that is installed, and loaded when it is first needed, or in advance. If it cannot be loaded, each text fails at once, with the
/// reason. Thread-safe.
/// </summary>
/// <param name="name">The engine: "piper".</param>
/// <param name="reason">One sentence for logs and health pages.</param>
/// <param name="languages">The languages that it speaks.</param>
/// <param name="load">Loads it; blocks meanwhile, and throws <see cref="InvalidOperationException"/> if it cannot.</param>
/// <param name="failed">Called once if it cannot be loaded.</param>
internal sealed class InstalledVoice(string name, string reason, IReadOnlyList<string> languages, Func<ILanguageVoice> load, Action<Exception> failed)
    : ILanguageVoice, IEngineStatus, IDisposable
{
    private readonly Lock _lock = new();
    private Task<ILanguageVoice>? _loading;
    private ILanguageVoice? _voice;
    private bool _disposed;

    public string Name => name;

    public string Reason => reason;

    public IReadOnlyList<string> Languages => languages;

    public string Status => (Volatile.Read(ref _voice) as IEngineStatus)?.Status ?? "";

    public bool Speaks(string language) => languages.Any(known => VoiceLanguage.IsSame(known, language));

    /// <summary>Loads it in the background.</summary>
    public Task<ILanguageVoice> Load()
    {
        lock (_lock)
            return _loading ??= Task.Factory.StartNew(LoadNow, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ILanguageVoice loaded;
        try
        {
            loaded = await Load().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException e)
        {
            throw new SpeechEngineException(e.Message, e);
        }
        await foreach (var chunk in loaded.SpeakAsync(text, voice, cancellationToken).ConfigureAwait(false))
            yield return chunk;
    }

    /// <summary>Ends it; if it is being loaded, afterwards.</summary>
    public void Dispose()
    {
        lock (_lock)
            _disposed = true;
        (_voice as IDisposable)?.Dispose();
    }

    private ILanguageVoice LoadNow()
    {
        try
        {
            var voice = load();
            lock (_lock)
            {
                _voice = voice;
                if (!_disposed)
                    return voice;
            }
            (voice as IDisposable)?.Dispose();
            return voice;
        }
        catch (Exception e)
        {
            failed(e);
            throw;
        }
    }
}
