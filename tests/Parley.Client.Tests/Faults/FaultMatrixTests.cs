namespace Parley.Client.Tests.Faults;

/// <summary>
/// Every fault in every state has the outcome of <see cref="FaultMatrix"/>, and a session that continues has lost nothing else.
/// </summary>
public class FaultMatrixTests
{
    public static TheoryData<string, string, string> Cells
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var (fault, state, outcome) in FaultMatrix.Cells())
                data.Add(fault, state, outcome);
            return data;
        }
    }

    [Fact]
    public void The_fault_matrix_covers_every_fault_and_state() =>
        Assert.True(FaultMatrix.Cells().Select(static c => c.Fault).Distinct().Count() >= 12 && FaultMatrix.States.Length >= 10);

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_fault_ends_as_specified(string fault, string state, string outcome)
    {
        await using var call = await FaultyCall.StartAsync(fault, state);

        var actual = await Expect.WithinAsync(call.RunAsync(), $"{fault} while {state} comes to an end");

        Assert.True(outcome == actual, $"Expected {outcome}, got {actual}:\n{call}");
        call.CheckNothingElseWasLost();
    }
}
