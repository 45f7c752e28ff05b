using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Parley.Protocol;

namespace Parley.Cli.Hosting;

/// <summary>
/// Writes one log entry per line, exception included, as the framework's simple formatter does, but with all control characters escaped: libraries and
/// exceptions quote what clients sent.
/// </summary>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    internal const string FormatterName = "parley";

    private const string Reset = "\u001B[0m";

    private readonly bool _hasColors = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var (name, color) = Level(logEntry.LogLevel);
        if (!_hasColors)
            color = "";
        textWriter.Write(time.GetLocalNow().ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        textWriter.Write(color.Length > 0 ? color + name + Reset : name);
        textWriter.Write(string.Create(CultureInfo.InvariantCulture, $": {logEntry.Category}[{logEntry.EventId.Id}] "));
        textWriter.Write(Line(message));
        if (logEntry.Exception is { } exception)
            textWriter.Write(" " + Line(exception.ToString()));
        textWriter.WriteLine();
    }

    /// <summary>The text in one line without control characters.</summary>
    internal static string Line(string text) => LogText.Escape(text.ReplaceLineEndings(" "));

    private static (string Name, string Color) Level(LogLevel level) => level switch
    {
        LogLevel.Trace => ("trce", ""),
        LogLevel.Debug => ("dbug", ""),
        LogLevel.Information => ("info", "\u001B[32m"),
        LogLevel.Warning => ("warn", "\u001B[33m"),
        LogLevel.Error => ("fail", "\u001B[31m"),
        _ => ("crit", "\u001B[31m"),
    };
}
