using System.Text;
using System.Text.Json;
using Parley.Testing.Faults;
using Parley.Testing.Wire;

namespace Parley.Testing;

/// <summary>
/// The faults of a server: <c>server.Faults.At(FaultPoint.FirstAudio).Cuts()</c>. They may be added at any time, for connections that are open too; faults at
/// the same point happen in the order in which they were added. What is random follows <see cref="Seed"/>: the same seed and the same traffic give the same
/// bytes. Safe for use by many threads.
/// </summary>
public sealed class FaultPlan
{
    /// <summary>Interval and timeout of a <see cref="Parley.Client.LiveClient"/> by default.</summary>
    internal static readonly TimeSpan ClientKeepAlive = TimeSpan.FromSeconds(30) + Parley.Client.LiveClientOptions.MinKeepAliveTimeout;

    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];
    private readonly List<FaultConnection> _connections = [];
    private readonly EventLog<InjectedFault> _injected = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private volatile bool _isEmpty = true;

    internal FaultPlan(TimeProvider time)
    {
        (_time, _started) = (time, time.GetTimestamp());
        KeepAlive = time is TestClock ? ClientKeepAlive : null;
    }

    /// <summary>Decides what is random. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>
    /// When a client notices that its connection is frozen: the connection is reset then. Default 90 s on a virtual clock, as the pings of a
    /// <see cref="Parley.Client.LiveClient"/> would (they run on real time, which does not pass); null with any other clock: pings find out. Null = never.
    /// </summary>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>The faults, in order.</summary>
    public IReadOnlyList<Fault> All
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    /// <summary>What has happened, in order.</summary>
    public IReadOnlyList<InjectedFault> Injected => _injected.Snapshot;

    internal bool IsEmpty => _isEmpty;

    internal TimeProvider Clock => _time;

    /// <summary>Adds a fault; its methods say when it happens, and what.</summary>
    public Fault At(FaultPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        lock (_gate)
        {
            var fault = new Fault(this, point, _faults.Count);
            _faults.Add(fault);
            _isEmpty = false;
            return fault;
        }
    }

    /// <summary>Adds a fault from a file or from a request.</summary>
    /// <exception cref="FormatException">A name is unknown, or a value is missing, out of range or not of this action; the message says what is allowed.</exception>
    public Fault Add(FaultDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        // On a plan of its own first: a description with an error leaves nothing behind.
        description.AddTo(new FaultPlan(_time));
        return description.AddTo(this);
    }

    /// <summary>Waits until a fault has happened, in real time.</summary>
    /// <param name="matches">Which one.</param>
    /// <param name="expected">The fault in words, for the failure.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ExpectationException">It did not happen within <see cref="Expect.Bound"/>.</exception>
    public async Task<InjectedFault> WaitAsync(Func<InjectedFault, bool> matches, string expected, CancellationToken cancellationToken = default)
    {
        var injected = await _injected.FirstAsync(matches, expected, cancellationToken).ConfigureAwait(false);
        // A test that waits for it may advance the clock at once.
        await Expect.WithinAsync(injected.Done, expected, cancellationToken).ConfigureAwait(false);
        return injected;
    }

    /// <summary>Forgets faults and what happened. What a connection suffers from already stays.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
            _isEmpty = true;
        }
        _injected.Clear();
    }

    /// <summary>Checks that every fault has happened that is not optional.</summary>
    /// <exception cref="ExpectationException">One has not; the message lists them.</exception>
    public void Verify()
    {
        var report = new StringBuilder();
        lock (_gate)
        {
            foreach (var fault in _faults.Where(static fault => fault.IsMissing || fault.Action is null))
                report.Append("\n* ").Append(fault.DescribeUse());
        }
        if (report.Length > 0)
            throw new ExpectationException($"Faults did not happen:{report}");
    }

    internal IMessageFilter Connect(int number) => new FaultConnection(this, number);

    internal void Change(Fault fault, Action change)
    {
        lock (_gate)
        {
            change();
            foreach (var connection in _connections)
                connection.Schedule(fault);
        }
    }

    /// <summary>The faults that happen at a point of a connection.</summary>
    internal List<(Fault Fault, Random Random)> Take(Func<Fault, bool> isReached, int connection, JsonElement? message)
    {
        var taken = new List<(Fault, Random)>();
        lock (_gate)
        {
            foreach (var fault in _faults)
            {
                if (isReached(fault) && fault.Reach(connection, message) is { } random)
                    taken.Add((fault, random));
            }
        }
        return taken;
    }

    internal bool Exists(Func<Fault, bool> matches)
    {
        lock (_gate)
            return _faults.Exists(fault => matches(fault));
    }

    internal void Opened(FaultConnection connection)
    {
        lock (_gate)
        {
            _connections.Add(connection);
            foreach (var fault in _faults.Where(fault => fault.Point.At is { } at && (at == TimeSpan.Zero || Until(at) > TimeSpan.Zero)))
                connection.Schedule(fault);
        }
    }

    internal void Ended(FaultConnection connection)
    {
        lock (_gate)
            _connections.Remove(connection);
    }

    internal TimeSpan Until(TimeSpan time)
    {
        var left = time - _time.GetElapsedTime(_started);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A fault begins. Call <see cref="InjectedFault.SetDone"/> when all of it is done.</summary>
    internal InjectedFault Begin(Fault fault, int connection)
    {
        var injected = new InjectedFault(fault.Point, fault.Action!.ToString(), connection, _time.GetElapsedTime(_started));
        _injected.Add(injected);
        return injected;
    }

    internal void Record(Fault fault, int connection) => Begin(fault, connection).SetDone();
}
