using System.Globalization;

namespace Parley.TestKit;

/// <summary>A timer that waits on a <see cref="TestClock"/>.</summary>
/// <param name="Due">When it fires.</param>
/// <param name="Delay">The delay it was armed with: what the code under test asked for, so it names the timer exactly.</param>
/// <param name="Period">The time between two firings; null = it fires once.</param>
public readonly record struct PendingTimer(DateTimeOffset Due, TimeSpan Delay, TimeSpan? Period)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Delay:c}{(Period is { } period ? $" every {period:c}" : "")}, due at {Due:HH:mm:ss.fff}");
}
