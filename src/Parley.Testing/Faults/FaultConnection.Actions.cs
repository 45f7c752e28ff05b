using System.Text;
using Parley.Server;
using Parley.Testing.Wire;

namespace Parley.Testing.Faults;

// What is done to the connection.
internal sealed partial class FaultConnection
{
    private const int MaxFrameBytes = 1_024;

    private async ValueTask<bool> ConnectAsync(Fault fault, Random random, CancellationToken cancellationToken)
    {
        var action = fault.Action!;
        if (action.Kind is FaultKind.RefuseHttp or FaultKind.Delay or FaultKind.Freeze or FaultKind.Garbage or FaultKind.Cut or FaultKind.EndWithoutClose)
            plan.Record(fault, number);
        switch (action.Kind)
        {
            case FaultKind.RefuseHttp:
                _link.Refuse(action.Status.GetValueOrDefault(), action.Body, RefusalHeaders(action));
                return false;
            case FaultKind.Delay:
                await Task.Delay(action.Duration.GetValueOrDefault(), plan.Clock, cancellationToken).ConfigureAwait(false);
                return true;
            case FaultKind.Freeze:
                // No WebSocket yet, so no pings: the client's own timeout ends it.
                await Task.Delay(action.Duration ?? Timeout.InfiniteTimeSpan, plan.Clock, cancellationToken).ConfigureAwait(false);
                return true;
            case FaultKind.Garbage:
                _link.ToClient.Write(MessageChanges.Garbage(action, random));
                _link.End();
                return false;
            case FaultKind.Cut:
                _link.Cut();
                return false;
            case FaultKind.EndWithoutClose:
                _link.End();
                return false;
            default:
                Do(fault, random);
                return true;
        }
    }

    private void Run(Fault fault, Random random, bool afterServer)
    {
        var action = fault.Action!;
        if (_isOver || !action.CanBeLater)
            return;
        if (!afterServer || !action.Ends)
        {
            Do(fault, random);
            return;
        }
        // The server has the message before the connection ends; nothing follows it.
        _isOver = action.Kind is not (FaultKind.HalfClose or FaultKind.Freeze);
        _link.ToServer.Then(() =>
        {
            lock (_link.Gate)
                Do(fault, random);
        });
    }

    private void Do(Fault fault, Random random)
    {
        var action = fault.Action!;
        var injected = plan.Begin(fault, number);
        switch (action.Kind)
        {
            case FaultKind.Cut:
                _isOver = true;
                _link.ToClient.Last(_link.Cut);
                break;
            case FaultKind.HalfClose:
                _link.HalfClose();
                break;
            case FaultKind.EndWithoutClose:
                _isOver = true;
                _link.End();
                break;
            case FaultKind.Close:
                _isOver = true;
                _link.CloseClient(action.Code.GetValueOrDefault(), action.Reason ?? "");
                break;
            case FaultKind.Freeze:
                _link.Freeze();
                Watch(action.Duration);
                break;
            case FaultKind.Garbage:
                _link.ToClient.Write(MessageChanges.Garbage(action, random));
                break;
            case FaultKind.Send:
                _link.ToClient.SendMessage(Frames.Binary, Encoding.UTF8.GetBytes(action.Message!));
                break;
            case FaultKind.ReadSlowly:
                _link.ToServer.Then(() => _link.ToServer.Rate = action.Bytes);
                break;
            case FaultKind.WriteSlowly:
                _link.ToClient.Then(() => _link.ToClient.Rate = action.Bytes);
                break;
            case FaultKind.Fragment:
                // One generator for each direction: they do not change each other.
                _link.ToClient.FrameBytes = Sizes(action, random.Next());
                _link.ToServer.FrameBytes = Sizes(action, random.Next());
                break;
        }
        injected.SetDone();
    }

    // What a frozen connection comes to: it thaws, or the client notices.
    private void Watch(TimeSpan? duration)
    {
        if (duration is { } time && !(plan.KeepAlive < time))
            Later(time, _link.Thaw);
        else if (plan.KeepAlive is { } noticed)
            Later(noticed, _link.Cut);
    }

    private void SendBegun(WireMessage message, WireOutput output, FaultAction action, Random random)
    {
        _isOver = true;
        var sent = MessageChanges.Length(action, message.Payload.Length, random);
        output.WriteBegun(message, sent);
        output.Last(_link.Cut);
    }

    private static Func<int> Sizes(FaultAction action, int seed)
    {
        var random = new Random(seed);
        return action.Bytes is { } bytes ? () => bytes : () => random.Next(1, MaxFrameBytes + 1);
    }
}
