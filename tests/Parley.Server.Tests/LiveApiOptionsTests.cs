namespace Parley.Server.Tests;

public sealed class LiveApiOptionsTests
{
    public static TheoryData<Action<LiveApiOptions>, string> Mistakes => new()
    {
        { static o => o.SetupTimeout = TimeSpan.Zero, "SetupTimeout must be longer than 0 and at most one day, but is 00:00:00." },
        { static o => o.GoAwayLead = TimeSpan.FromMinutes(10), "GoAwayLead must be shorter than ConnectionLifetime, or goAway comes before the session." },
        { static o => o.MaxMessageBytes = 10, "MaxMessageBytes must be from 1024 to 268435456, but is 10." },
        { static o => o.MaxUnsentMedia = 0, "MaxUnsentMedia must be from 1 to 1024, but is 0." },
        { static o => o.ApiKeys.Add(" "), "ApiKeys must not hold an empty key; remove it." },
        { static o => o.MaxFragments = 1, "MaxFragments must be from 16 to 1000000, but is 1." },
        { static o => o.MaxPingsPerMinute = 1, "MaxPingsPerMinute must be from 6 to 1000000, but is 1." },
        { static o => o.MessageGrace = TimeSpan.Zero, "MessageGrace must be longer than 0 and at most one day, but is 00:00:00." },
        { static o => o.MaxBufferedInputBytes = 1, "MaxBufferedInputBytes must be at least MaxMessageBytes, or a message that is allowed finds no room." },
        { static o => o.AdminSecret = "short", "AdminSecret must have at least 16 characters; leave it out to have no admin API." },
        { static o => o.AdminPort = 70_000, "AdminPort must be from 0 (answered nowhere) to 65535." },
        { static o => o.DevelopmentKey = "", "DevelopmentKey must not be empty; set it to null to have none." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Says_what_is_wrong(Action<LiveApiOptions> mistake, string message)
    {
        var options = new LiveApiOptions();
        mistake(options);

        Assert.Equal([message], new LiveApiOptionsValidator().Validate(null, options).Failures!);
    }

    [Fact]
    public void Takes_the_defaults() => Assert.True(new LiveApiOptionsValidator().Validate(null, new LiveApiOptions()).Succeeded);
}
