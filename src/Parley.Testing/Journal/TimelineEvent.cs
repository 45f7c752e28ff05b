using System.Globalization;

namespace Parley.Testing;

/// <summary>One line of a timeline (<see cref="LiveJournal.Timeline"/>).</summary>
/// <param name="Time">When it began, since the server started, on its clock.</param>
/// <param name="Text">What happened, such as <c>user: "lamp"</c> or <c>model calls set_lamp {"on":true}</c>.</param>
public sealed record TimelineEvent(TimeSpan Time, string Text)
{
    /// <summary>Time and text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time.TotalSeconds,9:0.00} s  {Text}");
}
