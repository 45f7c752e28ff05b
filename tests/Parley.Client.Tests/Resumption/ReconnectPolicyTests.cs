using CsCheck;
using Parley.Client.Ending;
using Parley.Client.Resumption;

namespace Parley.Client.Tests.Resumption;

public class ReconnectPolicyTests
{
    private static readonly Gen<CloseCause> Causes = Gen.Select(
        Gen.Enum<EndCause>(), Gen.Enum<RetryAdvice>(), static (cause, advice) => new CloseCause(cause, advice));

    private static readonly Gen<ReconnectCase> Cases = Gen.Select(
        Gen.Int[1, 40], Causes, Gen.Int[1, 5], Gen.Bool, static (attempt, cause, inARow, handle) => new ReconnectCase(attempt, cause, inARow, handle));

    private static readonly Gen<ResumptionOptions> Options = Gen.Select(
        Gen.Bool, Gen.Bool, Gen.Int[1, 20], Gen.Int[0, 2_000], Gen.Int[0, 60_000],
        static (enabled, fresh, attempts, first, more) => new ResumptionOptions
        {
            Enabled = enabled,
            AllowFreshSession = fresh,
            MaxAttempts = attempts,
            FirstDelay = TimeSpan.FromMilliseconds(first),
            MaxDelay = TimeSpan.FromMilliseconds(first + more),
        });

    [Fact]
    public void The_reconnect_policy_is_a_pure_function() => Gen.Select(Cases, Options, Gen.Long).Sample(static (situation, options, seed) =>
        Assert.Equal(ReconnectPolicy.Next(situation, options, seed), ReconnectPolicy.Next(situation, options, seed)));

    [Fact]
    public void A_fresh_session_needs_permission() => Gen.Select(Cases, Options, Gen.Long).Sample(static (situation, options, seed) =>
    {
        var step = ReconnectPolicy.Next(situation, options, seed);

        if (!options.Enabled || situation.Cause.Advice == RetryAdvice.No || situation.Attempt > options.MaxAttempts)
            Assert.Equal(ReconnectAction.GiveUp, step.Action);
        if (!options.AllowFreshSession)
            Assert.NotEqual(ReconnectAction.StartFresh, step.Action);
        if (!situation.HasHandle || situation.Cause.Advice == RetryAdvice.StartFresh)
            Assert.NotEqual(ReconnectAction.Resume, step.Action);
        if (situation.Cause.Advice == RetryAdvice.OnceWithoutReplay)
            Assert.False(step.Replay && step.Action != ReconnectAction.GiveUp);
    });

    [Fact]
    public void Reconnect_delays_grow_up_to_the_limit() => Gen.Select(Causes, Options, Gen.Long).Sample(static (cause, options, seed) =>
    {
        options.Enabled = options.AllowFreshSession = true;
        var quota = cause.Advice == RetryAdvice.WaitAMinute ? TimeSpan.FromMinutes(1) : TimeSpan.Zero;
        for (var attempt = 1; attempt <= options.MaxAttempts; attempt++)
        {
            var step = ReconnectPolicy.Next(new ReconnectCase(attempt, cause, 1, true), options, seed);
            if (step.Action == ReconnectAction.GiveUp)
                return;
            var ceiling = Math.Min(options.FirstDelay.TotalSeconds * Math.Pow(2, Math.Max(0, attempt - 2)), options.MaxDelay.TotalSeconds);
            Assert.InRange(step.Delay.TotalSeconds, quota.TotalSeconds, quota.TotalSeconds + ceiling + 0.001);
            if (attempt > 1)
                Assert.True(step.Delay.TotalSeconds >= quota.TotalSeconds + (ceiling / 2) - 0.001, "at most half of a pause is left out");
        }
    });

    [Fact]
    public void Many_clients_do_not_reconnect_at_once()
    {
        var restart = new ReconnectCase(1, new CloseCause(EndCause.GoingAway, RetryAdvice.Resume), 1, true);
        var delays = Enumerable.Range(0, 1_000).Select(seed => ReconnectPolicy.Next(restart, new ResumptionOptions(), seed).Delay).ToList();

        Assert.True(delays.Distinct().Count() > 900);
        Assert.InRange(delays.Average(static delay => delay.TotalMilliseconds), 350, 400);
    }

    [Theory]
    [InlineData(EndCause.Network, RetryAdvice.Resume, 1, 1, true, false, "Resume 0")]
    [InlineData(EndCause.InvalidHandle, RetryAdvice.StartFresh, 1, 1, true, false, "GiveUp 0")]
    [InlineData(EndCause.InvalidHandle, RetryAdvice.StartFresh, 1, 1, true, true, "StartFresh 0")]
    [InlineData(EndCause.Internal, RetryAdvice.Resume, 2, 2, true, false, "Resume")]
    [InlineData(EndCause.Internal, RetryAdvice.Resume, 2, 2, true, true, "StartFresh")]
    [InlineData(EndCause.InvalidArgument, RetryAdvice.OnceWithoutReplay, 2, 2, true, false, "GiveUp 0")]
    [InlineData(EndCause.InvalidArgument, RetryAdvice.OnceWithoutReplay, 2, 1, true, false, "Resume")]
    [InlineData(EndCause.Network, RetryAdvice.Resume, 1, 1, false, false, "GiveUp 0")]
    [InlineData(EndCause.ExpiredToken, RetryAdvice.No, 1, 1, true, true, "GiveUp 0")]
    public void The_reconnect_decision_depends_on_the_cause(EndCause cause, RetryAdvice advice, int attempt, int inARow, bool hasHandle, bool fresh, string expected)
    {
        var step = ReconnectPolicy.Next(
            new ReconnectCase(attempt, new CloseCause(cause, advice), inARow, hasHandle), new ResumptionOptions { AllowFreshSession = fresh }, seed: 7);

        Assert.StartsWith(expected, $"{step.Action} {step.Delay.TotalSeconds}", StringComparison.Ordinal);
    }
}
