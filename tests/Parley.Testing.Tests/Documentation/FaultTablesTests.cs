using System.Runtime.CompilerServices;

namespace Parley.Testing.Tests.Documentation;

/// <summary>The tables of docs/testing.md hold every point and action, and their examples compile and run.</summary>
public sealed class FaultTablesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_action_has_an_example_that_works()
    {
        await using var server = await LiveTestServer.StartAsync(cancellationToken: Cancellation);
        var page = await File.ReadAllTextAsync(SnippetTests.PathOf("docs/testing.md"), Cancellation);
        var faults = server.Faults;

        Check(faults.At(FaultPoint.Connect).RefusesHttp(429, retryAfter: TimeSpan.FromSeconds(5)));
        Check(faults.At(FaultPoint.Setup).Closes(1008, "Quota exceeded."));
        Check(faults.At(FaultPoint.SetupComplete).Delays(TimeSpan.FromSeconds(4)));
        Check(faults.At(FaultPoint.FirstAudio).Cuts());
        Check(faults.At(FaultPoint.ToolCall).HalfCloses());
        Check(faults.At(FaultPoint.TurnComplete).EndsWithoutClose());
        Check(faults.At(FaultPoint.TurnComplete).Freezes(TimeSpan.FromSeconds(20)));
        Check(faults.At(FaultPoint.Audio).EveryTime().WithProbability(0.1).Drops());
        Check(faults.At(FaultPoint.ToolCall).Duplicates());
        Check(faults.At(FaultPoint.ServerMessage(5)).Reorders());
        Check(faults.At(FaultPoint.ServerMessage(2)).Truncates(10));
        Check(faults.At(FaultPoint.MidAnswer(3)).CutsInside());
        Check(faults.At(FaultPoint.ToolCall).Corrupts());
        Check(faults.At(FaultPoint.Interrupted).SendsGarbage());
        Check(faults.At(FaultPoint.Opened).Sends("""{"goAway":{"timeLeft":"10s"}}"""));
        Check(faults.At(FaultPoint.SetupComplete).ReadsSlowly(16_000));
        Check(faults.At(FaultPoint.FirstAudio).WritesSlowly(16_000));
        Check(faults.At(FaultPoint.Connect).Fragments(100));
        Check(faults.At(FaultPoint.Setup).OnConnection(2).LosesHandle());

        Assert.Equal(FaultDescription.Actions.Count, faults.All.Count);
        Assert.All(FaultDescription.Actions.Concat(FaultPoint.Names), name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));

        void Check(Fault fault, [CallerArgumentExpression(nameof(fault))] string example = "") =>
            Assert.Contains($"| `{example}` | `{fault.ToString().Split(' ')[0]}`", page, StringComparison.Ordinal);
    }
}
