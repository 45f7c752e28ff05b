using Microsoft.Extensions.Logging;

namespace Parley.Testing;

/// <summary>Keeps every log entry, and knows which errors a test expects.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    private readonly EventLog<LogEntry> _log = new();
    private readonly List<Func<LogEntry, bool>> _allowed = [];

    /// <summary>Every entry so far.</summary>
    public IReadOnlyList<LogEntry> Entries => _log.Snapshot;

    /// <summary>Entries of level Error or above that no <see cref="AllowErrors"/> covers.</summary>
    public IReadOnlyList<LogEntry> UnexpectedErrors
    {
        get
        {
            lock (_allowed)
                return [.. Entries.Where(entry => entry.Level >= LogLevel.Error && !_allowed.Exists(allows => allows(entry)))];
        }
    }

    /// <summary>Declares errors as part of the test. May be called before or after they are logged.</summary>
    public void AllowErrors(Func<LogEntry, bool> predicate)
    {
        lock (_allowed)
            _allowed.Add(predicate);
    }

    /// <summary>Waits for the first entry that matches, whether it is logged already or not.</summary>
    public Task<LogEntry> FirstAsync(Func<LogEntry, bool> matches, string expected, CancellationToken cancellationToken = default) =>
        _log.FirstAsync(matches, expected, cancellationToken);

    /// <exception cref="ExpectationException">There are <see cref="UnexpectedErrors"/>.</exception>
    public void ThrowIfUnexpectedErrors()
    {
        if (UnexpectedErrors is { Count: > 0 } errors)
        {
            throw new ExpectationException(
                $"{errors.Count} unexpected error(s) in the log:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}");
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _log);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(string category, EventLog<LogEntry> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add(new LogEntry(
                category,
                logLevel,
                eventId,
                formatter(state, exception),
                exception,
                state is IReadOnlyList<KeyValuePair<string, object?>> values ? [.. values] : []));
    }
}
