using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Parley.Speech.Workers;

namespace Parley.Speech.Synthesis.Espeak;

/// <summary>
/// Translates text to phonemes (IPA) with espeak-ng, as one long-lived child process for one voice: a line in, a line for each clause out. A
/// process that fails or hangs is replaced. Thread-safe; a line takes about a millisecond.
/// </summary>
/// <remarks>The program reads lines of at most 1,000 bytes and flushes its output after each. It never runs inside this process: its licence
/// is another, and some texts crash it.</remarks>
internal sealed class EspeakPhonemizer : IDisposable
{
    // After each text come lines that are empty or have this word, which every voice has sounds for, in an order that a text cannot know.
    private const string Mark = "zyx";
    private const int MarkLines = 9;
    private const int MaxLineBytes = 999;

    // The longest text gives less; more is a program that has lost its way.
    private const int MaxLines = 1_000;

    private readonly EspeakOptions _options;
    private readonly string[] _arguments;
    private readonly TimeProvider _timeProvider;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Supervisor<Program> _programs;

    /// <summary>Creates one; the program starts with the first text.</summary>
    /// <param name="options">Where the program is, and how long it may take.</param>
    /// <param name="voice">The name of the voice, such as "en-us".</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="tie">Joins the letters of one phoneme, such as '^'; null for none.</param>
    public EspeakPhonemizer(EspeakOptions options, string voice, TimeProvider timeProvider, char? tie = null)
    {
        (_options, _timeProvider, Voice) = (options, timeProvider, voice);
        _arguments = ["-v", voice, "-b", "1", "-q", "--ipa", .. tie is null ? (string[])[] : [$"--tie={tie}"]];
        _programs = new Supervisor<Program>(() => new Program(WorkerHost.Start(WorkerHost.Isolate(Utf8(new ProcessStartInfo(options.Program, _arguments))))), timeProvider);
    }

    /// <summary>The voice of espeak-ng.</summary>
    public string Voice { get; }

    internal int? ProcessId => _programs.Current?.Process.Id;

    /// <summary>Starts the program ahead of the first text.</summary>
    /// <exception cref="SpeechEngineException">It cannot be started.</exception>
    public void Start() => _programs.Get();

    /// <summary>Translates a text of one line.</summary>
    /// <param name="text">The text; it has at least one letter or digit, and at most 999 bytes.</param>
    /// <param name="cancellationToken">Cancels the wait for other texts; a text that has been sent is finished.</param>
    /// <returns>The phonemes of each clause that has any.</returns>
    /// <exception cref="SpeechEngineException">The program failed, or does not know the voice.</exception>
    public async Task<List<string>> TranslateAsync(string text, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MaxLineBytes)
            throw new ArgumentException($"The text has {bytes} bytes; at most {MaxLineBytes} are allowed.", nameof(text));
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await TranslateAsync(text.ReplaceLineEndings(" ")).ConfigureAwait(false);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Ends the program.</summary>
    public void Dispose()
    {
        _programs.Dispose();
        _turn.Dispose();
    }

    private async Task<List<string>> TranslateAsync(string line)
    {
        using var deadline = new CancellationTokenSource(_options.StallTimeout, _timeProvider);
        try
        {
            var program = _programs.Get();
            await using var registration = deadline.Token.UnsafeRegister(static state => ((Program)state!).Dispose(), program).ConfigureAwait(false);
            program.Mark ??= await LearnMarkAsync(program).ConfigureAwait(false);
            var clauses = await ExchangeAsync(program, line).ConfigureAwait(false);
            _programs.Succeeded();
            return clauses;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or SpeechEngineException)
        {
            var problem = deadline.IsCancellationRequested
                ? new SpeechEngineException($"espeak-ng gave no phonemes for {_options.StallTimeout.TotalSeconds:0.#} s.", e)
                : e as SpeechEngineException ?? new SpeechEngineException($"espeak-ng failed: {e.Message}", e);
            _programs.Failed(problem);
            throw problem;
        }
    }

    /// <summary>Learns how the mark is spoken.</summary>
    private static async Task<string> LearnMarkAsync(Program program)
    {
        await program.WriteAsync(Mark + "\n").ConfigureAwait(false);
        return await program.ReadAsync().ConfigureAwait(false) is { Length: > 0 } spoken ? spoken : throw new SpeechEngineException("espeak-ng gives no phonemes.");
    }

    private static async Task<List<string>> ExchangeAsync(Program program, string line)
    {
        // An empty line, the mark, and after some of either the mark again.
        var order = RandomNumberGenerator.GetInt32(1 << (MarkLines - 3));
        var expected = Enumerable.Range(0, MarkLines).Select(i => i is 1 or MarkLines - 1 || (i > 1 && (order >> (i - 2) & 1) != 0)).ToArray();
        await program.WriteAsync($"{line}\n{string.Concat(expected.Select(static isMark => isMark ? Mark + "\n" : "\n"))}").ConfigureAwait(false);
        var lines = new List<string>();
        while (lines.Count < MaxLines)
        {
            lines.Add(await program.ReadAsync().ConfigureAwait(false));
            if (lines.Count > MarkLines && lines[^MarkLines..].Zip(expected).All(pair => pair.First == (pair.Second ? program.Mark : "")))
                return [.. lines[..^MarkLines].Where(static phonemes => !string.IsNullOrWhiteSpace(phonemes))];
        }
        throw new SpeechEngineException("espeak-ng does not end.");
    }

    private void Release()
    {
        try
        {
            _turn.Release();
        }
        catch (ObjectDisposedException)
        {
            // Disposed meanwhile; nothing waits.
        }
    }

    private static ProcessStartInfo Utf8(ProcessStartInfo start)
    {
        start.StandardOutputEncoding = Encoding.UTF8;
        return start;
    }

    private sealed class Program : IDisposable
    {
        private volatile string _problem = "the program has ended";

        public Program(Process process)
        {
            Process = process;
            process.ErrorDataReceived += (_, line) => _problem = string.IsNullOrWhiteSpace(line.Data) ? _problem : line.Data.Trim();
            process.BeginErrorReadLine();
        }

        public Process Process { get; }

        /// <summary>How the mark is spoken; null until it is known.</summary>
        public string? Mark { get; set; }

        public async Task WriteAsync(string lines)
        {
            try
            {
                await Process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(lines)).ConfigureAwait(false);
                await Process.StandardInput.BaseStream.FlushAsync().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has ended; reading tells why.
            }
        }

        public async Task<string> ReadAsync()
        {
            if (await Process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
                return line.TrimEnd('\r');
            await Process.WaitForExitAsync().ConfigureAwait(false); // Its last words arrive with its end.
            throw new IOException(_problem);
        }

        // May be called twice, and by the timer of the deadline.
        public void Dispose()
        {
            try
            {
                Process.Kill();
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // Ended already.
            }
            Process.Dispose();
        }
    }
}
