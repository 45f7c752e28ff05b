using Microsoft.Extensions.Logging;

namespace Parley.Server.Access;

/// <summary>A use of a token that a session has taken, returned if the session does not open through no fault of the client.</summary>
internal sealed partial class TokenUse(ITokenStore store, string tokenId, string useId, ILogger logger)
{
    private int _returned;

    /// <summary>Returns the use, at most once. Does not throw.</summary>
    internal async ValueTask ReturnAsync()
    {
        if (Interlocked.Exchange(ref _returned, 1) != 0)
            return;
        try
        {
            await store.ReturnAsync(tokenId, useId, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.NotReturned(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TokenUseNotReturned, LogLevel.Error, "Use of a token not returned after a failed start; the token has one use less")]
        public static partial void NotReturned(ILogger logger, Exception exception);
    }
}
