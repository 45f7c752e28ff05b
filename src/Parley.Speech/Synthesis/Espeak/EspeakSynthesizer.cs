using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Parley.Speech.Languages;
using Parley.Speech.Synthesis;
using Parley.Speech.Synthesis.Espeak;
using Parley.Speech.Workers;

namespace Parley.Speech;

/// <summary>
/// Synthesizes about a hundred languages with espeak-ng (Debian: espeak-ng). Robotic but intelligible. Time to first audio: about 20 ms.
/// </summary>
/// <remarks>
/// The engine crashes on some texts and has another licence, so it runs as a separate program, one process per sentence of at most
/// 200 characters; text is cleaned first. Cancelling kills the process.
/// </remarks>
public sealed class EspeakSynthesizer : ISpeechSynthesizer, IDisposable
{
    private readonly EspeakOptions _options;
    private readonly HashSet<string> _languages;
    private readonly TimeProvider _timeProvider;
    private readonly SemaphoreSlim _processes;

    private EspeakSynthesizer(EspeakOptions options, HashSet<string> languages, TimeProvider timeProvider)
    {
        (_options, _languages, _timeProvider) = (options, languages, timeProvider);
        _processes = new SemaphoreSlim(options.MaxProcesses);
    }

    /// <inheritdoc/>
    public string Name => "espeak";

    /// <summary>One sentence for logs and health pages.</summary>
    public string Reason => $"{_options.Program} found: speaking {_languages.Count} languages with espeak-ng, one process per sentence.";

    /// <summary>Creates one if espeak-ng is installed, and reads its list of languages.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <param name="synthesizer">The synthesizer.</param>
    /// <param name="problem">If it returns false: what is missing, in a few words.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static bool TryCreate(EspeakOptions? options, TimeProvider? timeProvider, [NotNullWhen(true)] out EspeakSynthesizer? synthesizer, out string problem)
    {
        options ??= new EspeakOptions();
        if (options.MaxProcesses is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxProcesses, "MaxProcesses must be 1 to 64.");
        if (options.StallTimeout <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(options), options.StallTimeout, "StallTimeout must be greater than zero.");

        synthesizer = null;
        try
        {
            using var process = WorkerHost.Start(WorkerHost.Isolate(new ProcessStartInfo(options.Program, ["--voices"])));
            using var watchdog = (timeProvider ?? TimeProvider.System).CreateTimer(_ => Kill(process), null, options.StallTimeout, Timeout.InfiniteTimeSpan);
            process.StandardInput.Close();
            process.BeginErrorReadLine();
            // "Pty Language Age/Gender VoiceName File Other", then one voice per line.
            var languages = process.StandardOutput.ReadToEnd().Split('\n').Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1))
                .OfType<string>().Select(language => language.ToLowerInvariant()).ToHashSet();
            problem = languages.Count > 0 ? "" : $"{options.Program} lists no voices";
            if (languages.Count > 0)
                synthesizer = new EspeakSynthesizer(options, languages, timeProvider ?? TimeProvider.System);
        }
        catch (SpeechEngineException)
        {
            problem = $"{options.Program} not found";
        }
        return synthesizer is not null;
    }

    /// <summary>Whether there is a voice for a language.</summary>
    /// <param name="language">BCP-47 code, such as "de-DE".</param>
    public bool Speaks(string language) => EspeakVoices.Match(language, _languages) is not null;

    /// <inheritdoc/>
    /// <exception cref="SpeechEngineException">There is no voice for the language, or the program failed.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        cancellationToken.ThrowIfCancellationRequested();
        var language = EspeakVoices.Match(voice.Language, _languages)
            ?? throw new SpeechEngineException($"espeak-ng has no voice for the language \"{voice.Language}\".");
        var (variant, pitch, rate) = EspeakVoices.For(voice);
        string[] arguments = ["-v", $"{language}+{variant}", "-p", Plain(pitch), "-s", Plain(rate), "-b", "1", "--stdin", "--stdout"];
        foreach (var piece in TextSegmenter.Split(UnicodeText.From(text)))
        {
            if (piece.Any(char.IsLetterOrDigit))
            {
                await foreach (var chunk in SpeakPieceAsync(arguments, piece.Trim(), VoiceGain.OfEspeak(voice), cancellationToken).ConfigureAwait(false))
                    yield return chunk;
            }
        }
    }

    /// <summary>Releases resources; sentences in progress are finished.</summary>
    public void Dispose() => _processes.Dispose();

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakPieceAsync(
        string[] arguments, string piece, float gain, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _processes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var process = WorkerHost.Start(WorkerHost.Isolate(new ProcessStartInfo(_options.Program, arguments)));
            try
            {
                using var deadline = new CancellationTokenSource(_options.StallTimeout, _timeProvider);
                await using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline).ConfigureAwait(false);
                process.BeginErrorReadLine();
                var sound = new AudioReader(process.StandardOutput.BaseStream, EvenChunks.OutputRateHz, gain)
                    .ReadAsync(deadline, _options.StallTimeout).GetAsyncEnumerator(CancellationToken.None);
                await using var owned = sound.ConfigureAwait(false);
                await AskAsync(process, piece, deadline, cancellationToken).ConfigureAwait(false);
                while (await NextAsync(sound, process, deadline, cancellationToken).ConfigureAwait(false))
                    yield return sound.Current;
            }
            finally
            {
                Kill(process);
            }
        }
        finally
        {
            Release();
        }
    }

    private Task<bool> AskAsync(Process process, string piece, CancellationTokenSource deadline, CancellationToken cancellationToken) =>
        GuardAsync(
            async () =>
            {
                await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(piece), deadline.Token).ConfigureAwait(false);
                process.StandardInput.Close();
                return true;
            },
            cancellationToken);

    private Task<bool> NextAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> sound, Process process, CancellationTokenSource deadline, CancellationToken cancellationToken) =>
        GuardAsync(
            async () =>
            {
                if (await sound.MoveNextAsync().ConfigureAwait(false))
                    return true;
                await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
                return process.ExitCode == 0 ? false : throw new SpeechEngineException($"espeak-ng failed with exit code {process.ExitCode}.");
            },
            cancellationToken);

    private async Task<bool> GuardAsync(Func<Task<bool>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new SpeechEngineException($"espeak-ng gave no audio for {_options.StallTimeout.TotalSeconds:0.#} s.", e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new SpeechEngineException($"espeak-ng failed: {e.Message}", e);
        }
    }

    private void Release()
    {
        try
        {
            _processes.Release();
        }
        catch (ObjectDisposedException)
        {
            // Disposed during synthesis; nothing waits for a slot.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Ended already.
        }
    }

    private static string Plain(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
