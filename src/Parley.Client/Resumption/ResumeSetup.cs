using System.Text.Json.Nodes;
using Parley.Protocol;

namespace Parley.Client.Resumption;

/// <summary>
/// The setup of every connection of a session: the first one, with the newest handle and the changes of mid-session. Written under the
/// writer's semaphore, read between connections.
/// </summary>
internal sealed class ResumeSetup(Setup first, ResumptionOptions options, JsonObject? overrides = null)
{
    private readonly Lock _lock = new();
    private Setup _setup = first;
    private bool _historyDone;

    /// <summary>The caller's overrides, applied to every setup.</summary>
    internal JsonObject? Overrides => overrides;

    /// <summary>Whether activity detection is manual.</summary>
    internal bool IsManual => _setup.RealtimeInputConfig?.AutomaticActivityDetection?.Disabled is true;

    /// <summary>Whether a manual activity interrupts the model.</summary>
    internal bool ActivityInterrupts => IsManual && _setup.RealtimeInputConfig?.ActivityHandling != ActivityHandling.NoInterruption;

    /// <summary>Whether client content is still part of the initial history.</summary>
    internal bool TakesHistory
    {
        get { lock (_lock) return HasInitialHistory && !_historyDone; }
    }

    /// <summary>Whether the setup announced initial history.</summary>
    internal bool HasInitialHistory => _setup.HistoryConfig?.InitialHistoryInClientContent is true;

    /// <summary>Applies a message that was sent.</summary>
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
    /// <param name="handle">Handle to resume with; null = a fresh session.</param>
    /// <param name="seeds">Whether a fresh session is given the conversation so far.</param>
    internal Setup For(string? handle, bool seeds)
    {
        lock (_lock)
        {
            // A resumed state contains its history: announcing it again would leave the server waiting for it.
            var withoutHistory = handle is null ? !seeds : _historyDone;
            return _setup with
            {
                SessionResumption = Resumption(_setup.SessionResumption, options, handle),
                HistoryConfig = withoutHistory ? null : _setup.HistoryConfig,
            };
        }
    }

    /// <summary>The resumption part of a setup: handles, and the index with transparent resumption.</summary>
    internal static SessionResumptionConfig? Resumption(SessionResumptionConfig? own, ResumptionOptions options, string? handle) =>
        own is null && !options.Enabled
            ? null
            : new SessionResumptionConfig { Handle = handle, Transparent = own?.Transparent ?? (options is { Enabled: true, Transparent: true } ? true : null) };
}
