using System.Globalization;

namespace Parley.Testing;

/// <summary>One event of a call (<see cref="VirtualCaller.Events"/>).</summary>
/// <param name="At">Time since the call began, on the caller's clock.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Text">Name of a mark, key, or reason of the end; empty for other kinds.</param>
/// <param name="Length">Duration of audio; zero for kinds without one.</param>
public sealed record CallerEvent(TimeSpan At, CallerEventKind Kind, string Text = "", TimeSpan Length = default)
{
    /// <summary>Time, kind, text and length.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At.TotalSeconds,8:0.000} s  {Kind}{(Text.Length > 0 ? " " : "")}{Text}{(Length > TimeSpan.Zero ? $" ({Length.TotalSeconds:0.000} s)" : "")}");
}
