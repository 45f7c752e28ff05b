using Parley.Client.Session;

namespace Parley.Client.Tests.Session;

public class RotationClockTests
{
    [Theory]
    [InlineData(60, 5, 55)]
    [InlineData(10, 5, 5)]
    [InlineData(4, 5, 2)]
    [InlineData(0, 5, 0)]
    [InlineData(-3, 5, 0)]
    public void Rotation_starts_a_margin_before_the_end_but_not_before_half_of_the_time(int timeLeft, int margin, int latest) =>
        Assert.Equal(TimeSpan.FromSeconds(latest), RotationClock.Latest(TimeSpan.FromSeconds(timeLeft), TimeSpan.FromSeconds(margin)));
}
