namespace Parley.Server.Relay;

/// <summary>Resumes one session on a new connection to its upstream: several attempts, with a delay between them that doubles.</summary>
#pragma warning disable CA1001 // See the comment on _cancelled.
internal sealed class UpstreamResumer(RelayModel relay, RelayedSetup setup, LiveModelStart start)
#pragma warning restore CA1001
{
    // Never disposed: it holds no resource, and may be cancelled at any time.
    private readonly CancellationTokenSource _cancelled = new();

    /// <summary>Ends the current attempt and all later ones.</summary>
    internal void Cancel() => _cancelled.Cancel();

    /// <summary>Resumes the session of a handle.</summary>
    /// <param name="upstream">The upstream that issued the handle. Handles are bound to their key, so no other upstream can resume the session.</param>
    /// <param name="handle">The handle.</param>
    /// <param name="replacements">Replacements in a row, this one included; from the second on, the first attempt waits too.</param>
    /// <returns>The opened connection, or the close of the last attempt.</returns>
    internal async Task<(OpenedUpstream? Opened, LiveClose? Refusal)> ResumeAsync(Upstream upstream, string handle, int replacements)
    {
        var delay = ReplacementLimit.FirstDelay;
        try
        {
            if (replacements > 1)
            {
                delay *= 1 << (replacements - 2);
                await Task.Delay(delay, relay.Time, _cancelled.Token).ConfigureAwait(false);
                delay *= 2;
            }
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return (await relay.Dialer.OpenOnAsync(upstream, setup.With(handle), setup.Type, start, _cancelled.Token).ConfigureAwait(false), null);
                }
                catch (LiveCloseException e)
                {
                    if (attempt >= relay.Options.ResumeAttempts || !UpstreamCloses.IsResumable(e.Close))
                        return (null, e.Close);
                }
                await Task.Delay(delay, relay.Time, _cancelled.Token).ConfigureAwait(false);
                delay *= 2;
            }
        }
        catch (OperationCanceledException) when (_cancelled.IsCancellationRequested)
        {
            return (null, UpstreamCloses.Lost);
        }
    }
}
