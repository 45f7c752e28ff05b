using System.Globalization;

namespace Parley.Assistant.Tests.Functions;

/// <summary>How many of the usual ways to ask for a function lead to the right call with the right arguments.</summary>
public sealed class ParaphraseTests
{
    /// <summary>Share of the requests that must lead to exactly the call that is meant.</summary>
    private const double Floor = 0.97;

    [Fact]
    public async Task Most_paraphrases_call_their_function_with_their_values()
    {
        var (all, wrong) = (0, new List<string>());
        foreach (var (said, call) in Paraphrases.All)
        {
            all++;
            var outcome = await Ask.Outcome(said, Paraphrases.Functions);
            if (outcome != call)
                wrong.Add($"{said}: {outcome} and not {call}");
        }

        Assert.InRange(all, 150, int.MaxValue);
        Assert.True(
            all - wrong.Count >= Floor * all,
            string.Create(CultureInfo.InvariantCulture, $"{all - wrong.Count} of {all} understood.{Environment.NewLine}{string.Join(Environment.NewLine, wrong)}"));
    }

    [Fact]
    public async Task Other_sentences_call_nothing()
    {
        foreach (var said in Paraphrases.Others)
        {
            var outcome = await Ask.Outcome(said, Paraphrases.Functions);
            Assert.False(outcome.Contains(" {", StringComparison.Ordinal), $"{said}: {outcome}");
        }
    }
}
