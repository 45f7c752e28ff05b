using System.Net.WebSockets;
using Parley.Server.Sockets;

namespace Parley.Server.Sessions;

/// <summary>Names for how a connection ended, few enough to count by: of each close of ours, and of those that are not.</summary>
internal static class CloseCause
{
    /// <summary>Of a close the server sent; null = it sent none.</summary>
    /// <param name="closed">The close.</param>
    /// <param name="client">What the client closed with, where it did.</param>
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
