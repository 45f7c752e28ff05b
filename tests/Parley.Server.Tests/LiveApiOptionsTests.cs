namespace Parley.Server.Tests;

public sealed class LiveApiOptionsTests
{
    public static TheoryData<Action<LiveApiOptions>, string> Mistakes => new()
    {
        { static o => o.Connections.SetupTimeout = TimeSpan.Zero, "Live:Connections:SetupTimeout must be greater than 0 and at most one day, but is 00:00:00." },
        { static o => o.Sessions.GoAwayLead = TimeSpan.FromMinutes(10), "Live:Sessions:GoAwayLead must be from 0 to less than Sessions:ConnectionLifetime." },
        { static o => o.Messages.MaxBytes = 10, "Live:Messages:MaxBytes must be from 1024 to 268435456, but is 10." },
        { static o => o.Connections.MaxUnsentMedia = 0, "Live:Connections:MaxUnsentMedia must be from 1 to 1024, but is 0." },
        { static o => o.ApiKeys.Add(" "), "Live:ApiKeys must not contain an empty key; remove it." },
        { static o => o.Messages.MaxFragments = 1, "Live:Messages:MaxFragments must be from 16 to 1000000, but is 1." },
        { static o => o.Connections.MaxPingsPerMinute = 1, "Live:Connections:MaxPingsPerMinute must be from 6 to 1000000, but is 1." },
        { static o => o.Messages.Grace = TimeSpan.Zero, "Live:Messages:Grace must be greater than 0 and at most one day, but is 00:00:00." },
        { static o => o.Messages.MaxBufferedBytes = 1, "Live:Messages:MaxBufferedBytes must be at least Messages:MaxBytes." },
        { static o => o.Admin.Secret = "short", "Live:Admin:Secret must have at least 16 characters; omit it to disable the admin API." },
        { static o => o.Admin.Port = 70_000, "Live:Admin:Port must be from 0 (disabled) to 65535." },
        { static o => o.DevelopmentKey = "", "Live:DevelopmentKey must not be empty; set it to null for none." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Invalid_option_is_reported_with_its_value(Action<LiveApiOptions> mistake, string message)
    {
        var options = new LiveApiOptions();
        mistake(options);

        Assert.Equal([message], new LiveApiOptionsValidator().Validate(null, options).Failures!);
    }

    [Fact]
    public void Default_options_are_valid() => Assert.True(new LiveApiOptionsValidator().Validate(null, new LiveApiOptions()).Succeeded);
}
