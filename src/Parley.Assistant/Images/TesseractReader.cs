using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Server;

namespace Parley.Assistant.Images;

/// <summary>
/// Reads with the command <c>tesseract</c>. It runs as a child process, so that a picture made to crash it takes only itself down: two at
/// a time, a few seconds each, and it gets grey pixels we decoded, never the stranger's file.
/// </summary>
internal sealed partial class TesseractReader : IPictureTextReader, ILiveHealthPart, IDisposable
{
    private const int MaxAtOnce = 2;

    /// <summary>Ten thousand words with their boxes; a picture that gives more is no page.</summary>
    private const int MaxOutputChars = 1 << 20;

    /// <summary>Words below this confidence, of a hundred, are mostly texture taken for letters.</summary>
    private const double MinConfidence = 60;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    // Sauvola's thresholds read text on a gradient, where the default ones see nothing; mode 11 takes words wherever they stand.
    private static readonly string[] Arguments = ["stdin", "stdout", "-l", "eng", "--psm", "11", "-c", "thresholding_method=2", "tsv"];

    private readonly string? _command;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _free = new(MaxAtOnce);

    /// <param name="command">Name on the path, or a whole path; empty = none is wanted.</param>
    /// <param name="timeProvider">Bounds a reading.</param>
    /// <param name="logger">Readings that failed.</param>
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
        {
            return PictureText.NoReader;
        }

        var reading = ImageReader.TryReadGrey(image, out var grey);
        if (grey is null)
        {
            return new PictureText(reading == ImageReading.TooLarge ? PictureTextState.TooLarge : PictureTextState.Unreadable);
        }

        using var limit = new CancellationTokenSource(Longest, _timeProvider);
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

    /// <summary>The words of tesseract's table that it is sure of: a line of a paragraph after the other, a full stop between paragraphs.</summary>
    internal static string WordsOf(string table)
    {
        var text = new StringBuilder();
        var paragraph = "";
        foreach (var row in table.Split('\n'))
        {
            // level page block paragraph line word left top width height confidence text
            if (row.Split('\t') is not [_, var page, var block, var number, _, _, _, _, _, _, var confidence, var word, ..]
                || !double.TryParse(confidence, NumberStyles.Float, CultureInfo.InvariantCulture, out var sure) || sure < MinConfidence
                || !word.Any(char.IsLetterOrDigit))
            {
                continue;
            }

            var here = $"{page} {block} {number}";
            if (text.Length > 0)
            {
                text.Append(here == paragraph || char.IsPunctuation(text[^1]) ? " " : ". ");
            }

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
            var complaints = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = ReadAsync(process.StandardOutput, cancellationToken);
            await process.StandardInput.BaseStream.WriteAsync(pgm, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
            var table = await output.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0
                ? table
                : throw new InvalidOperationException($"tesseract ended with {process.ExitCode}: {(await complaints.ConfigureAwait(false)).Trim()}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4_096];
        while (await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            if (text.Length + count > MaxOutputChars)
            {
                throw new InvalidOperationException("tesseract wrote more than a page of words.");
            }

            text.Append(buffer, 0, count);
        }

        return text.ToString();
    }

    private static string? Find(string? command)
    {
        if (string.IsNullOrWhiteSpace(command))
        {
            return null;
        }

        var folders = command.Contains('/', StringComparison.Ordinal) ? [""] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.PictureReadingFailed, LogLevel.Warning, "The text reader failed; the answer says that text cannot be read")]
        public static partial void ReadingFailed(ILogger logger, Exception exception);
    }
}
