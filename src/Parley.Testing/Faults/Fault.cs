using System.Globalization;
using System.Text.Json;
using Parley.Testing.Faults;

namespace Parley.Testing;

/// <summary>
/// A fault of a <see cref="FaultPlan"/>: a point, conditions, and one action. It happens once, unless <see cref="Times"/> or <see cref="EveryTime"/> say
/// otherwise. A fault that has not happened fails <see cref="FaultPlan.Verify"/>, unless it is <see cref="Optional"/>. It is active as soon as it has its
/// action, so name conditions first.
/// <para>
/// A message of the server at the point reaches the client before the connection breaks; a message of the client does not reach the server. <see cref="Lost"/>
/// and <see cref="Delivered"/> change that.
/// </para>
/// </summary>
public sealed class Fault
{
    private readonly FaultPlan _plan;
    private readonly Dictionary<int, int> _ofConnection = [];
    private int _reached, _injected, _times = 1;
    private int? _connection, _occurrence;
    private double _probability = 1;
    private bool _isOptional;
    private Func<JsonElement, bool>? _where;

    internal Fault(FaultPlan plan, FaultPoint point, int index) => (_plan, Point, Index) = (plan, point, index);

    /// <summary>Where it happens.</summary>
    public FaultPoint Point { get; }

    /// <summary>How many times it has happened.</summary>
    public int Count => Volatile.Read(ref _injected);

    internal int Index { get; }

    internal FaultAction? Action { get; private set; }

    internal TimeSpan Later { get; private set; }

    internal bool? IsDelivered { get; private set; }

    internal bool IsMissing => !_isOptional && _injected < (_times == int.MaxValue ? 1 : _times);

    internal bool IsUsedUp => _injected >= _times || Action is null;

    /// <summary>Only on the connection with this number, from 1. Attempts that were refused count.</summary>
    public Fault OnConnection(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return Change(() => _connection = number);
    }

    /// <summary>Only when the point is reached for this time, from 1; counted over the connections that qualify.</summary>
    public Fault Occurrence(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        return Change(() => _occurrence = number);
    }

    /// <summary>Happens the first times that the point is reached; fewer fail <see cref="FaultPlan.Verify"/>.</summary>
    public Fault Times(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Change(() => _times = count);
    }

    /// <summary>Happens every time that the point is reached.</summary>
    public Fault EveryTime() => Times(int.MaxValue);

    /// <summary>Happens with a probability, by <see cref="FaultPlan.Seed"/>: usually together with <see cref="EveryTime"/>. It may not happen at all.</summary>
    /// <param name="probability">Above 0, at most 1.</param>
    public Fault WithProbability(double probability)
    {
        if (!(probability > 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability is above 0 and at most 1.");
        return Change(() => (_probability, _isOptional) = (probability, true));
    }

    /// <summary>Only for a message that meets a condition.</summary>
    /// <param name="predicate">Gets the message. A message that is not JSON meets no condition.</param>
    /// <exception cref="InvalidOperationException">There is no message at the point.</exception>
    public Fault Where(Func<JsonElement, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        if (!Point.IsMessage)
            throw new InvalidOperationException($"The point \"{Point}\" has no message to look at.");
        return Change(() => _where = predicate);
    }

    /// <summary>Happens this long after the point, on the clock; for actions on the connection, not on its messages.</summary>
    public Fault After(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        if (Action is { CanBeLater: false } action)
            throw TooLate(action);
        return Change(() => Later = time);
    }

    /// <summary>May stay unreached.</summary>
    public Fault Optional() => Change(() => _isOptional = true);

    /// <summary>The message at the point arrives before the connection breaks. The default for messages of the server.</summary>
    public Fault Delivered() => Change(() => IsDelivered = true);

    /// <summary>The message at the point does not arrive. The default for messages of the client.</summary>
    public Fault Lost() => Change(() => IsDelivered = false);

    /// <summary>Refuses the WebSocket with an HTTP status.</summary>
    /// <param name="status">400 to 599, such as 429.</param>
    /// <param name="body">Body of the response; JSON if it begins with a brace. Null = none.</param>
    /// <param name="retryAfter">Value of the header <c>Retry-After</c>, in whole seconds; null = none.</param>
    public Fault RefusesHttp(int status, string? body = null, TimeSpan? retryAfter = null)
    {
        if (status is < 400 or > 599)
            throw new ArgumentOutOfRangeException(nameof(status), status, "A status that refuses is 400 to 599.");
        return Set(new(FaultKind.RefuseHttp) { Status = status, Body = body, RetryAfter = retryAfter });
    }

    /// <summary>Closes the connection with a close frame.</summary>
    /// <param name="code">Any code of 1000 to 4999; 1005 = a close frame without a code.</param>
    /// <param name="reason">The reason; at most 123 bytes are sent.</param>
    public Fault Closes(int code, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (code is < 1000 or > 4999)
            throw new ArgumentOutOfRangeException(nameof(code), code, "A close code is 1000 to 4999.");
        return Set(new(FaultKind.Close) { Code = code, Reason = reason });
    }

    /// <summary>Sends a message to the client that the server did not send, as it is.</summary>
    /// <param name="message">Usually JSON, such as <c>{"goAway":{"timeLeft":"10s"}}</c>.</param>
    public Fault Sends(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Set(new(FaultKind.Send) { Message = message });
    }

    /// <summary>Holds the message, and what follows it in its direction, for a time on the clock. At <see cref="FaultPoint.Connect"/>, the response.</summary>
    public Fault Delays(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return Set(new(FaultKind.Delay) { Duration = time });
    }

    /// <summary>Resets the connection, as a lost network does that both sides notice.</summary>
    public Fault Cuts() => Set(new(FaultKind.Cut));

    /// <summary>Ends the stream to the client without a close frame. What the client sends still arrives.</summary>
    public Fault HalfCloses() => Set(new(FaultKind.HalfClose));

    /// <summary>Ends both directions in order, but without a close frame.</summary>
    public Fault EndsWithoutClose() => Set(new(FaultKind.EndWithoutClose));

    /// <summary>Nothing passes in either direction, pings included, and neither side is told: a network that is gone without a trace.</summary>
    /// <param name="time">How long, on the clock; null = for good.</param>
    public Fault Freezes(TimeSpan? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(time));
        return Set(new(FaultKind.Freeze) { Duration = time });
    }

    /// <summary>Drops the message.</summary>
    public Fault Drops() => Set(new(FaultKind.Drop));

    /// <summary>Sends the message twice.</summary>
    public Fault Duplicates() => Set(new(FaultKind.Duplicate));

    /// <summary>Sends the message after the next one of its direction.</summary>
    public Fault Reorders() => Set(new(FaultKind.Reorder));

    /// <summary>Sends only the beginning of the message, as a whole one.</summary>
    /// <param name="bytes">How much; null = by the seed.</param>
    public Fault Truncates(int? bytes = null) => Set(new(FaultKind.Truncate) { Bytes = AtLeast(0, bytes, nameof(bytes)) });

    /// <summary>Cuts the connection inside the message: its frame begins, and does not end.</summary>
    /// <param name="bytes">How much of the message arrives; null = by the seed.</param>
    public Fault CutsInside(int? bytes = null) => Set(new(FaultKind.CutInside) { Bytes = AtLeast(0, bytes, nameof(bytes)) });

    /// <summary>Changes one byte of the message, so that it is not JSON any more; which one is chosen by the seed.</summary>
    public Fault Corrupts() => Set(new(FaultKind.Corrupt));

    /// <summary>Sends bytes to the client that are no frame; which ones is chosen by the seed.</summary>
    public Fault SendsGarbage(int bytes = 64) => Set(new(FaultKind.Garbage) { Bytes = AtLeast(2, bytes, nameof(bytes)) });

    /// <summary>From here on the server takes this much from the client: its sends must wait.</summary>
    /// <param name="bytesPerSecond">Bytes per second on the clock; 0 = nothing at all.</param>
    public Fault ReadsSlowly(int bytesPerSecond = 0) => Set(new(FaultKind.ReadSlowly) { Bytes = AtLeast(0, bytesPerSecond, nameof(bytesPerSecond)) });

    /// <summary>From here on this much reaches the client.</summary>
    /// <param name="bytesPerSecond">Bytes per second on the clock; 0 = nothing at all.</param>
    public Fault WritesSlowly(int bytesPerSecond = 0) => Set(new(FaultKind.WriteSlowly) { Bytes = AtLeast(0, bytesPerSecond, nameof(bytesPerSecond)) });

    /// <summary>From here on messages are sent in several frames, in both directions.</summary>
    /// <param name="bytesPerFrame">Size of a frame; null = 1 to 1,024 bytes by the seed.</param>
    public Fault Fragments(int? bytesPerFrame = null) => Set(new(FaultKind.Fragment) { Bytes = AtLeast(1, bytesPerFrame, nameof(bytesPerFrame)) });

    /// <summary>The resumption handle of the setup becomes one that the server does not know. A setup without a handle is not this point.</summary>
    public Fault LosesHandle() => Set(new(FaultKind.LoseHandle));

    /// <summary>Action, point and conditions.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Action?.ToString() ?? "nothing"} at {Point}{(_connection is { } number ? $" of connection {number}" : "")}"
        + $"{(_occurrence is { } time ? $", occurrence {time}" : "")}");

    internal string DescribeUse() => Action is null
        ? $"The fault at {Point} has no action: add one, such as Cuts()."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"The fault \"{this}\" happened {Number(_injected)}, expected {Number(_times == int.MaxValue ? 1 : _times)}; its point was reached {Number(_reached)}.");

    internal bool CouldHappen(int connection) => !IsUsedUp && (_connection ?? connection) == connection && (_occurrence is not { } number || _reached < number);

    /// <summary>Counts the point, and decides. Called under the lock of the plan.</summary>
    /// <returns>Randomness of this injection; null if the fault does not happen.</returns>
    internal Random? Reach(int connection, JsonElement? message)
    {
        if (IsUsedUp || (_connection ?? connection) != connection)
            return null;
        if (_where is { } where && !(message is { } json && where(json)))
            return null;
        if (Action!.Kind == FaultKind.LoseHandle && message?.Member("setup")?.Member("sessionResumption")?.Member("handle") is null)
            return null;
        _reached++;
        var count = _ofConnection[connection] = _ofConnection.GetValueOrDefault(connection) + 1;
        if (_occurrence is { } number && _reached != number)
            return null;
        // By connection, so that connections at the same time do not change each other.
        var random = new Random(unchecked((((_plan.Seed * 397) + Index) * 397 + connection) * 397 + count));
        if (random.NextDouble() >= _probability)
            return null;
        _injected++;
        return random;
    }

    private static string Number(int times) => times == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{times} times");

    private static int? AtLeast(int least, int? value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value ?? least, least, name);
        return value;
    }

    private Fault Set(FaultAction action)
    {
        if (Action is not null)
            throw new InvalidOperationException($"The fault has the action \"{Action}\" already. Add another fault at the same point for \"{action}\".");
        if (action.Mismatch(Point) is { } mismatch)
            throw new InvalidOperationException($"\"{action}\" is not possible at the point \"{Point}\": {mismatch}.");
        if (Later > TimeSpan.Zero && !action.CanBeLater)
            throw TooLate(action);
        return Change(() => Action = action);
    }

    private static InvalidOperationException TooLate(FaultAction action) =>
        new($"\"{action}\" cannot happen after its point: it changes the message or the response there. Use Delays to hold that back.");

    private Fault Change(Action change)
    {
        _plan.Change(this, change);
        return this;
    }
}
