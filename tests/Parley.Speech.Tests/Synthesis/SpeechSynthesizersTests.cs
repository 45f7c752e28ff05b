namespace Parley.Speech.Tests;

public sealed class SpeechSynthesizersTests
{
    [Fact]
    public async Task The_default_speaks_and_says_why_it_is_the_default()
    {
        var (synthesizer, reason) = SpeechSynthesizers.CreateDefault();
        using var owned = synthesizer as IDisposable;

        Assert.All(synthesizer.Name.Split('+'), name => Assert.Contains(name, reason, StringComparison.Ordinal));
        Assert.NotEmpty(await synthesizer.CollectAsync("Hello."));
    }
}
