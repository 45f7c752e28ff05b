using System.Globalization;
using Parley.Server;
using Parley.Testing.Wire;

namespace Parley.Testing.Faults;

/// <summary>The faults of one connection. Everything runs under the lock of the link.</summary>
internal sealed partial class FaultConnection(FaultPlan plan, int number) : ILinkFilter
{
    private readonly HashSet<Fault> _scheduled = [];
    private readonly List<ITimer> _timers = [];
    private readonly List<WireMessage> _answer = [];
    private readonly Direction _up = new(), _down = new();
    private WireLink _link = null!;
    private int _chunk;
    private bool _isHolding, _isOver;

    public bool Begin(bool fromClient)
    {
        var direction = fromClient ? _up : _down;
        // A message that is held back waits for the next one.
        if (!plan.IsEmpty || _isOver || _isHolding || direction.Held.Count > 0)
            return true;
        direction.Number++;
        return false;
    }

    public async ValueTask<bool> ConnectingAsync(WireLink link, CancellationToken cancellationToken)
    {
        _link = link;
        plan.Opened(this);
        foreach (var (fault, random) in plan.Take(static fault => fault.Point.IsConnect, number, null))
        {
            if (fault.Later > TimeSpan.Zero)
                Start(fault, random);
            else if (!await ConnectAsync(fault, random, cancellationToken).ConfigureAwait(false))
                return false;
        }
        return true;
    }

    public void Opened()
    {
        foreach (var (fault, random) in plan.Take(static fault => fault.Point.IsOpened, number, null))
            Start(fault, random);
    }

    public void FromClient(WireMessage message, IMessageSink toServer)
    {
        if (!_isOver)
            Pass(message, fromClient: true, segment: default, toServer);
    }

    public void ToClient(WireMessage message, IMessageSink toClient)
    {
        if (_isOver)
            return;
        if (!_isHolding && !plan.Exists(fault => fault.Point.Share is not null && fault.CouldHappen(number)))
        {
            Pass(message, fromClient: false, segment: default, toClient);
            return;
        }
        // The length of an answer is known when it is complete.
        var (_, kinds) = MessageReader.Read(message, fromClient: false);
        _isHolding |= (kinds & MessageKinds.Audio) != 0;
        _answer.Add(message);
        if (_isHolding && (kinds & (MessageKinds.GenerationComplete | MessageKinds.TurnComplete | MessageKinds.Interrupted | MessageKinds.ToolCall)) == 0)
            return;
        var isAudio = _answer.ConvertAll(static held => (MessageReader.Read(held, fromClient: false).Kinds & MessageKinds.Audio) != 0);
        var (chunk, chunks) = (0, isAudio.Count(static audio => audio));
        for (var i = 0; i < _answer.Count; i++)
            Pass(_answer[i], fromClient: false, isAudio[i] ? (++chunk, chunks) : default, toClient);
        _answer.Clear();
        _isHolding = false;
    }

    public void Ended()
    {
        plan.Ended(this);
        _isOver = true;
        lock (_timers)
            _timers.ForEach(static timer => timer.Dispose());
    }

    /// <summary>Arms the timer of a fault at a time. Called under the lock of the plan.</summary>
    internal void Schedule(Fault fault)
    {
        if (fault.Point.At is { } at && fault.Action is not null && _scheduled.Add(fault))
            Later(plan.Until(at), () => AtTime(fault));
    }

    private void AtTime(Fault fault)
    {
        foreach (var (taken, random) in plan.Take(candidate => candidate == fault, number, null))
            Start(taken, random);
    }

    private void Start(Fault fault, Random random, bool afterServer = false)
    {
        if (fault.Later > TimeSpan.Zero)
            Later(fault.Later, () => Run(fault, random, afterServer: false));
        else
            Run(fault, random, afterServer);
    }

    private void Pass(WireMessage message, bool fromClient, (int Chunk, int Chunks) segment, IMessageSink sink)
    {
        var (json, kinds) = plan.IsEmpty ? (null, MessageKinds.None) : MessageReader.Read(message, fromClient);
        if ((kinds & MessageKinds.Audio) != 0)
            _chunk++;
        var direction = fromClient ? _up : _down;
        var reached = new ReachedPoint(fromClient, ++direction.Number, kinds, (kinds & MessageKinds.Audio) != 0 ? _chunk : 0, segment.Chunk, segment.Chunks);
        if ((kinds & (MessageKinds.TurnComplete | MessageKinds.Interrupted)) != 0)
            _chunk = 0;
        Inject(message, fromClient, plan.Take(fault => fault.Point.IsReached(reached), number, json), sink);
    }

    private void Inject(WireMessage message, bool fromClient, List<(Fault Fault, Random Random)> faults, IMessageSink sink)
    {
        var direction = fromClient ? _up : _down;
        var output = fromClient ? _link.ToServer : _link.ToClient;
        List<WireMessage> messages = [message];
        var waits = false;
        foreach (var (fault, random) in faults)
        {
            var action = fault.Action!;
            if (!action.CanBeLater)
                plan.Record(fault, number);
            if (action.Kind == FaultKind.Delay)
            {
                output.Pause(action.Duration.GetValueOrDefault());
            }
            else if (action.Kind == FaultKind.Reorder)
            {
                waits = true;
            }
            else if (action.Kind == FaultKind.LoseHandle)
            {
                messages = messages.ConvertAll(static one => one with { Payload = MessageChanges.LoseHandle(one.Payload) });
            }
            else if (action.Kind == FaultKind.CutInside)
            {
                SendBegun(message, output, action, random);
                return;
            }
            else if (action.IsOnMessage)
            {
                messages = MessageChanges.Apply(action, messages, random);
            }
            else if (action.Ends && fault.Later == TimeSpan.Zero && !(fault.IsDelivered ?? !fromClient))
            {
                messages = [];
            }
        }
        if (waits)
        {
            direction.Held.AddRange(messages);
        }
        else
        {
            messages.AddRange(direction.Held);
            direction.Held.Clear();
            foreach (var one in messages)
                sink.Send(one);
        }
        foreach (var (fault, random) in faults)
            Start(fault, random, afterServer: fromClient && messages.Count > 0);
    }

    private void Later(TimeSpan time, Action action)
    {
        var timer = plan.Clock.CreateTimer(
            _ =>
            {
                lock (_link.Gate)
                {
                    if (!_isOver)
                        action();
                }
            },
            null, time, Timeout.InfiniteTimeSpan);
        lock (_timers)
            _timers.Add(timer);
    }

    private static IEnumerable<KeyValuePair<string, string>> RefusalHeaders(FaultAction action) => action.RetryAfter is not { } wait
        ? []
        : [new("Retry-After", ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture))];

    private sealed class Direction
    {
        internal List<WireMessage> Held { get; } = [];

        /// <summary>Messages so far.</summary>
        internal int Number { get; set; }
    }
}
