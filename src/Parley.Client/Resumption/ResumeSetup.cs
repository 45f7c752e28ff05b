using System.Text.Json.Nodes;
using Parley.Protocol;

namespace Parley.Client.Resumption;

/// <summary>
/// The setup for every connection of a session: always the same, with the newest handle and with what was changed in mid-session.
/// Written by whoever has the right to write, read between connections.
/// </summary>
internal sealed class ResumeSetup(Setup first, ResumptionOptions options, JsonObject? overrides = null)
{
    private readonly Lock _lock = new();
    private Setup _setup = first;
    private bool _historyDone;

    /// <summary>What the caller puts over every setup.</summary>
    internal JsonObject? Overrides => overrides;

    /// <summary>Activity is marked by hand.</summary>
    internal bool IsManual => _setup.RealtimeInputConfig?.AutomaticActivityDetection?.Disabled is true;

    /// <summary>Marks of activity interrupt the model.</summary>
    internal bool MarksInterrupt => IsManual && _setup.RealtimeInputConfig?.ActivityHandling != ActivityHandling.NoInterruption;

    /// <summary>The history is still open: client content is part of it.</summary>
    internal bool TakesHistory
    {
        get { lock (_lock) return HasInitialHistory && !_historyDone; }
    }

    /// <summary>The setup begins with history.</summary>
    internal bool HasInitialHistory => _setup.HistoryConfig?.InitialHistoryInClientContent is true;

    /// <summary>Takes note of a message that was sent.</summary>
    internal void Sent(LiveSessionRequest message)
    {
        if (message is { ContextUpdate: null, ClientContent: null })
            return;
        lock (_lock)
        {
            _historyDone |= message.ClientContent?.TurnComplete is true;
            if (message.ContextUpdate is not { } update)
                return;
            _setup = _setup with
            {
                SystemInstruction = update.SystemInstruction ?? _setup.SystemInstruction,
                Tools = update.Tools is { } tools ? (tools.Tools is { Count: > 0 } list ? list : null) : _setup.Tools,
            };
        }
    }

    /// <summary>The setup of a connection.</summary>
    /// <param name="handle">What it resumes; null = a fresh session.</param>
    /// <param name="seeds">A fresh session gets the conversation so far.</param>
    internal Setup For(string? handle, bool seeds)
    {
        lock (_lock)
        {
            // A resumed state has its history: asking for it again leaves the server waiting for what must not be sent again.
            var withoutHistory = handle is null ? !seeds : _historyDone;
            return _setup with
            {
                SessionResumption = Resumption(_setup.SessionResumption, options, handle),
                HistoryConfig = withoutHistory ? null : _setup.HistoryConfig,
            };
        }
    }

    /// <summary>What a setup asks for: handles, and the index where it is wanted.</summary>
    internal static SessionResumptionConfig? Resumption(SessionResumptionConfig? own, ResumptionOptions options, string? handle) =>
        own is null && !options.Enabled
            ? null
            : new SessionResumptionConfig { Handle = handle, Transparent = own?.Transparent ?? (options is { Enabled: true, Transparent: true } ? true : null) };
}
