using System.Net.WebSockets;
using Parley.Server.Access;
using Parley.Server.Nodes;
using Parley.Server.Sockets;

namespace Parley.Server.Sessions;

/// <summary>Everything that is needed to start an accepted session.</summary>
/// <param name="Model">The model.</param>
/// <param name="Start">The start parameters of the model.</param>
/// <param name="Caller">Who opened the session.</param>
/// <param name="Lease">Counts the session on its owner, on this server; disposed when the session ends.</param>
/// <param name="Place">Counts the session on its key, over all servers; disposed when the session ends.</param>
/// <param name="Resumption">Issues its handles; null if the client asked for none.</param>
/// <param name="Lifetime">How long its connection lives.</param>
/// <param name="IsLast">The session itself ends then, too.</param>
/// <param name="FrameType">Message type that its client reads.</param>
/// <param name="PinsContext">No later message may change instruction or tools.</param>
/// <param name="IsLocked">A token or a policy restricts the session, so that only messages that this server knows are forwarded.</param>
/// <param name="IsAsSent">The effective setup is the one of the client's first message, unchanged.</param>
/// <param name="TokenUse">The use of the token that it took; null if it took none.</param>
internal sealed record SessionPlan(
    ILiveModel Model, LiveModelStart Start, Caller Caller, SessionLease Lease, NodePlace Place, ResumptionTrack? Resumption, TimeSpan Lifetime, bool IsLast, WebSocketMessageType FrameType,
    bool PinsContext, bool IsLocked, bool IsAsSent, TokenUse? TokenUse)
{
    /// <summary>Adds the client's first message as it was sent, for models that forward messages.</summary>
    internal SessionPlan WithFirstMessage(in ReceivedMessage message) =>
        IsAsSent ? this with { Start = Start with { FirstMessage = new WireMessage(message.Memory, message.Type) } } : this;
}
