using System.Globalization;

namespace Parley.Testing;

/// <summary>A pending timer of a <see cref="TestClock"/>.</summary>
/// <param name="Due">When it fires.</param>
/// <param name="Delay">The delay it was armed with. It identifies the timer: it is the value the code under test asked for.</param>
/// <param name="Period">The time between two firings; null = it fires once.</param>
public readonly record struct PendingTimer(DateTimeOffset Due, TimeSpan Delay, TimeSpan? Period)
{
    /// <summary>Delay, period and due time.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Delay:c}{(Period is null ? "" : $" every {Period:c}")}, due at {Due:HH:mm:ss.fff}");
}
