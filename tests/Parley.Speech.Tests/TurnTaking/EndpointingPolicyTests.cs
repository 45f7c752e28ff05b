using CsCheck;
using Parley.Speech.TurnTaking;

namespace Parley.Speech.Tests.TurnTaking;

public sealed class EndpointingPolicyTests
{
    private static readonly EndpointingPolicy Policy = new(TimeSpan.FromMilliseconds(800), MayShorten: true);

    private static readonly Gen<float> Probabilities =
        Gen.OneOf(Gen.Single[0, 1], Gen.Single, Gen.Const(float.NaN), Gen.Const(float.PositiveInfinity), Gen.Const(-0f), Gen.Const(0f), Gen.Const(1f));

    [Theory]
    [InlineData(0, 1_600)]
    [InlineData(0.1, 1_600)]
    [InlineData(0.4, 1_027.1)]
    [InlineData(0.5, 800)]
    [InlineData(0.6, 572.9)]
    [InlineData(0.9, 300)]
    [InlineData(1, 300)]
    [InlineData(float.NaN, 800)]
    [InlineData(-1, 800)]
    [InlineData(2, 800)]
    public void The_silence_follows_the_probability(float probability, double milliseconds) =>
        Assert.Equal(milliseconds, Policy.SilenceFor(probability).TotalMilliseconds, 0.1);

    [Fact]
    public void A_higher_probability_never_lengthens_the_silence() =>
        Gen.Select(Gen.Single[0, 1], Gen.Single[0, 1], Gen.Int[0, 10_000], Gen.Bool).Sample((one, other, silence, mayShorten) =>
        {
            var policy = new EndpointingPolicy(TimeSpan.FromMilliseconds(silence), mayShorten);
            Assert.True(policy.SilenceFor(Math.Min(one, other)) >= policy.SilenceFor(Math.Max(one, other)));
        });

    [Fact]
    public void Any_probability_gives_a_silence_between_the_bounds_or_the_one_configured() =>
        Gen.Select(Probabilities, Gen.Int[0, 10_000]).Sample((probability, milliseconds) =>
        {
            var configured = TimeSpan.FromMilliseconds(milliseconds);
            var silence = new EndpointingPolicy(configured, MayShorten: true).SilenceFor(probability);
            Assert.True(
                silence == configured || (silence < configured && silence >= EndpointingPolicy.Shortest)
                || (silence > configured && silence <= EndpointingPolicy.Longest), $"{probability}: {configured} -> {silence}");
        });

    [Fact]
    public void A_silence_that_must_not_be_shortened_is_only_lengthened() =>
        Gen.Select(Probabilities, Gen.Int[0, 10_000]).Sample((probability, milliseconds) =>
        {
            var configured = TimeSpan.FromMilliseconds(milliseconds);
            Assert.True(new EndpointingPolicy(configured, MayShorten: false).SilenceFor(probability) >= configured);
        });

    [Fact]
    public void The_wait_is_what_is_left_of_the_silence()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(600), Policy.WaitFor(0.5f, TimeSpan.FromMilliseconds(200)));
        Assert.Equal(TimeSpan.Zero, Policy.WaitFor(0.8f, TimeSpan.FromMilliseconds(500)));
    }
}
