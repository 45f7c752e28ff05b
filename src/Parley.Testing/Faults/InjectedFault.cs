using System.Globalization;

namespace Parley.Testing;

/// <summary>A fault that happened.</summary>
/// <param name="Point">Where.</param>
/// <param name="Action">What, by its name and value, such as <c>close 1011</c>.</param>
/// <param name="Connection">Number of the connection, from 1; attempts that were refused count.</param>
/// <param name="Time">Time since the server started, on its clock.</param>
public sealed record InjectedFault(FaultPoint Point, string Action, int Connection, TimeSpan Time)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all of it is done; it is listed when it begins, before anybody can notice it.</summary>
    internal Task Done => _done.Task;

    /// <summary>Time, action, point and connection.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Time.TotalSeconds,9:0.000} s  {Action} at {Point} of connection {Connection}");

    internal void SetDone() => _done.TrySetResult();
}
