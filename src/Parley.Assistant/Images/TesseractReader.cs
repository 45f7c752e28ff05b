using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Server;

namespace Parley.Assistant.Images;

/// <summary>
/// Reads text with the command <c>tesseract</c>. It runs as a child process, so that a malicious image can only crash that process: at most
/// two at a time, at most 10 seconds each. It gets grey pixels that we decoded and never the untrusted file.
/// </summary>
internal sealed partial class TesseractReader : IPictureTextReader, ILiveHealthPart, IDisposable
{
    private const int MaxAtOnce = 2;

    /// <summary>Most characters of output: about ten thousand words with their boxes, more than any page has.</summary>
    private const int MaxOutputChars = 1 << 20;

    /// <summary>Words below this confidence, from 0 to 100, are mostly texture mistaken for letters.</summary>
    private const double MinConfidence = 60;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // Sauvola thresholding finds text on a gradient, which the default misses; mode 11 finds words anywhere in the image.
    private static readonly string[] Arguments = ["stdin", "stdout", "-l", "eng", "--psm", "11", "-c", "thresholding_method=2", "tsv"];

    private readonly string? _command;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _free = new(MaxAtOnce);

    /// <param name="command">Name of a command on the PATH, or a full path; empty = no text reader.</param>
    /// <param name="timeProvider">Clock of the time limit.</param>
    /// <param name="logger">Receives failures.</param>
    public TesseractReader(string? command, TimeProvider timeProvider, ILogger logger)
    {
        _command = Find(command);
        _timeProvider = timeProvider;
        _logger = logger;
    }

    public string Name => "ocr";

    public string State => _command is null ? "no text reader: install Debian's tesseract-ocr" : $"tesseract: {_command}";

    public async ValueTask<PictureText> ReadAsync(ReadOnlyMemory<byte> image, CancellationToken cancellationToken)
    {
        if (_command is null)
            return PictureText.NoReader;
        var reading = ImageReader.TryReadGrey(image, out var grey);
        if (grey is null)
            return new PictureText(reading == ImageReading.TooLarge ? PictureTextState.TooLarge : PictureTextState.Unreadable);
        using var limit = new CancellationTokenSource(Timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _free.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                var text = WordsOf(await RunAsync(_command, grey, either.Token).ConfigureAwait(false));
                return text.Length > 0 ? new PictureText(PictureTextState.Found, text) : PictureText.Nothing;
            }
            finally
            {
                _free.Release();
            }
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.ReadingFailed(_logger, e);
            return PictureText.NoReader;
        }
    }

    public void Dispose() => _free.Dispose();

    /// <summary>The words of tesseract's TSV output with enough confidence, with a full stop between paragraphs.</summary>
    internal static string WordsOf(string table)
    {
        var text = new StringBuilder();
        var paragraph = "";
        foreach (var row in table.Split('\n'))
        {
            // level page block paragraph line word left top width height confidence text
            if (row.Split('\t') is not [_, var page, var block, var number, _, _, _, _, _, _, var confidence, var word, ..]
                || !double.TryParse(confidence, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) || score < MinConfidence
                || !word.Any(char.IsLetterOrDigit))
            {
                continue;
            }
            var here = $"{page} {block} {number}";
            if (text.Length > 0)
                text.Append(here == paragraph || char.IsPunctuation(text[^1]) ? " " : ". ");
            text.Append(word.Trim());
            paragraph = here;
        }
        return text.ToString();
    }

    private static async Task<string> RunAsync(string command, byte[] pgm, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["OMP_THREAD_LIMIT"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("tesseract did not start.");
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = ReadAsync(process.StandardOutput, cancellationToken);
            await process.StandardInput.BaseStream.WriteAsync(pgm, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
            var table = await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0
                ? table
                : throw new InvalidOperationException($"tesseract ended with {process.ExitCode}: {(await errors.ConfigureAwait(false)).Trim()}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4_096];
        while (await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            if (text.Length + count > MaxOutputChars)
                throw new InvalidOperationException("tesseract wrote more output than a page of text can have.");
            text.Append(buffer, 0, count);
        }
        return text.ToString();
    }

    private static string? Find(string? command)
    {
        if (string.IsNullOrWhiteSpace(command))
            return null;
        var folders = command.Contains('/', StringComparison.Ordinal)
            ? [""]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.PictureReadingFailed, LogLevel.Warning, "Text reader failed; the answer says that text cannot be read")]
        public static partial void ReadingFailed(ILogger logger, Exception exception);
    }
}
