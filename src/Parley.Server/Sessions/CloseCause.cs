using System.Net.WebSockets;
using Parley.Server.Access;
using Parley.Server.Sockets;

namespace Parley.Server.Sessions;

/// <summary>Classifies how connections ended, in few enough causes for metrics and daily counts.</summary>
internal static class CloseCause
{
    /// <summary>The close code and cause of a connection.</summary>
    /// <param name="closed">The close that the server sent; null = none.</param>
    /// <param name="client">The status that the client closed with; null = none.</param>
    internal static (int Code, string Cause) Of(LiveClose? closed, WebSocketCloseStatus? client)
    {
        if (closed is null)
            return client is { } status ? ((int)status, "client") : (1006, "lost");
        return (closed.Code, closed.Code switch
        {
            1000 => "ended",
            1001 => "shutdown",
            1007 when closed == LiveClose.InvalidKey || closed == LiveClose.ExpiredKey => "credential",
            1007 when closed == LiveClose.InvalidHandle => "handle",
            1007 => "message",
            1008 when closed == LiveClose.NoIdentity || closed == LiveClose.ExpiredToken || closed == LiveClose.TokenUsedUp || closed == LiveClose.TokenTooLate => "credential",
            1008 when closed == LiveClose.PermissionDenied || closed == Refusal.InvalidBearer.Close => "credential",
            1008 when closed == LiveClose.SessionNotFound => "handle",
            1008 when closed == LiveClose.Aborted => "lifetime",
            1008 when closed == FrameLimiter.TooManyPings || closed == FrameLimiter.TooManyFragments => "abuse",
            1008 => "policy",
            1009 => "size",
            1011 when closed == LiveClose.QuotaExceeded => "quota",
            1011 when closed == LiveClose.Unavailable => "overload",
            1011 => "fault",
            _ => "other",
        });
    }
}
