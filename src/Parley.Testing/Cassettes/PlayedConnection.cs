using Parley.Server;

namespace Parley.Testing.Cassettes;

/// <summary>One client to which a recorded connection is played.</summary>
internal sealed class PlayedConnection(CassettePlayer player, CassetteSocket socket, TimeProvider time)
{
    // Nothing else would have a client repeat what can only fail again.
    private const int MismatchCode = 1008;

    /// <summary>Plays until the client leaves.</summary>
    /// <param name="early">The connection to play whatever the client sends; null = one that fits the client's first message.</param>
    /// <param name="takesUnknown">Whether a client whose setup was not recorded gets the most similar connection.</param>
    /// <returns>The first message of a client that the cassette does not know; nothing was answered yet.</returns>
    internal async Task<WireMessage?> RunAsync(CassetteConnection? early, bool takesUnknown)
    {
        var conversation = early is null ? null : player.Begin(early);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(socket.Aborted);
        var sending = conversation is null ? null : SendAsync(conversation, ended.Token);
        while (await socket.ReceiveAsync().ConfigureAwait(false) is { } message)
        {
            if (conversation is null)
            {
                conversation = player.Take(message.Payload.Span, onlyExact: !takesUnknown);
                if (conversation is null && !takesUnknown)
                    return message;
                if (conversation is null)
                {
                    await FailAsync($"all {player.Cassette.Connections.Count} connections of the cassette were played, and a client has opened another").ConfigureAwait(false);
                    continue;
                }
            }
            if (conversation.IsStopped)
                continue;
            if (conversation.Receive(message.Payload.Span) is { } mismatch && conversation.IsStopped)
            {
                await ended.CancelAsync().ConfigureAwait(false);
                // A reason has 123 bytes, and the client knows its connection.
                var where = mismatch.Replace($"connection {conversation.Connection.Number}, ", "", StringComparison.Ordinal);
                await socket.CloseAsync(MismatchCode, $"Not as recorded: {where}").ConfigureAwait(false);
            }
            sending ??= SendAsync(conversation, ended.Token);
        }
        await ended.CancelAsync().ConfigureAwait(false);
        if (sending is not null)
            await sending.ConfigureAwait(false);
        if (socket.ClientClose is { } close)
            await socket.CloseAsync(close.Code, close.Reason).ConfigureAwait(false);
        return null;
    }

    private async Task SendAsync(CassetteConversation conversation, CancellationToken cancellationToken)
    {
        try
        {
            while (await conversation.NextAsync(cancellationToken).ConfigureAwait(false) is { } entry)
            {
                if (player.Options.Pace == CassettePace.Original && conversation.DelayOf(entry) is var delay && delay > TimeSpan.Zero)
                    await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                conversation.Sent();
                if (entry.IsLost)
                    socket.Abort();
                else if (entry.CloseCode is { } code)
                    await socket.CloseAsync(code, entry.CloseReason ?? "").ConfigureAwait(false);
                else
                    await socket.SendAsync(entry.Expand(player.ValueOf), entry.Type).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (CassetteSocket.IsBroken(e))
        {
            // The client has left, or was refused.
        }
    }

    private async Task FailAsync(string mismatch)
    {
        player.Mismatch(mismatch);
        await socket.CloseAsync(MismatchCode, $"Not as recorded: {mismatch}").ConfigureAwait(false);
    }
}
