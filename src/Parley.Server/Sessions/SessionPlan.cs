using System.Net.WebSockets;
using Parley.Server.Access;
using Parley.Server.Sockets;

namespace Parley.Server.Sessions;

/// <summary>A session that may start.</summary>
/// <param name="Model">What answers.</param>
/// <param name="Start">What it is told.</param>
/// <param name="Caller">Whose session it is.</param>
/// <param name="Lease">Its place among the sessions of its owner; given back when it ends.</param>
/// <param name="Resumption">Its handles; null where none were asked for.</param>
/// <param name="End">When its connection is over.</param>
/// <param name="IsLast">The session itself is over then.</param>
/// <param name="FrameType">Kind of frame its client reads.</param>
/// <param name="PinsContext">No later message may change instruction or tools.</param>
/// <param name="IsAsSent">The effective setup is what the client's first message says.</param>
internal sealed record SessionPlan(
    ILiveModel Model, LiveModelStart Start, Caller Caller, SessionLease Lease, ResumptionTrack? Resumption, DateTimeOffset End, bool IsLast, WebSocketMessageType FrameType,
    bool PinsContext, bool IsAsSent)
{
    /// <summary>A model that forwards messages gets the client's setup as it was sent.</summary>
    internal SessionPlan WithFirstMessage(in ReceivedMessage message) =>
        IsAsSent ? this with { Start = Start with { FirstMessage = new WireMessage(message.Memory, message.Type) } } : this;
}
