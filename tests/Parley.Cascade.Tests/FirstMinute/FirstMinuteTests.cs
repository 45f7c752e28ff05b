using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Parley.FirstMinute;

/// <summary>
/// What visitors of the console say in their first minute, in three synthetic voices: how many answers are useful. Needs the Debian
/// packages that ./test installs. The figures of all voices: <c>dotnet run -c Release --project bench/Parley.Bench.Speech -- phrases</c>.
/// </summary>
public sealed class FirstMinuteTests
{
    /// <summary>Least useful answers of the 36.</summary>
    private const int Floor = 30;

    [Fact]
    public async Task Most_of_twelve_phrases_in_three_voices_get_a_useful_answer()
    {
        Assert.SkipWhen(Speaker.Missing is not null, Speaker.Missing ?? "");
        using var speaker = new Speaker();
        var (useful, rows) = (0, new List<string>());
        foreach (var voice in Speaker.Voices)
        {
            await using var visit = await Visit.StartAsync(new FakeTimeProvider(), TestContext.Current.CancellationToken);
            foreach (var phrase in Phrase.Page)
            {
                var heard = await visit.AskAsync(await speaker.SayAsync(phrase.Said, voice, TestContext.Current.CancellationToken));
                useful += phrase.IsAnsweredBy(heard) ? 1 : 0;
                rows.Add($"{(phrase.IsAnsweredBy(heard) ? "+" : "-")} {voice}: {phrase.Said} / {heard.Transcript} / {string.Join(' ', heard.Calls)} {heard.Answer}");
            }
        }

        Assert.True(useful >= Floor, string.Create(CultureInfo.InvariantCulture, $"{useful} of {rows.Count}:{Environment.NewLine}{string.Join(Environment.NewLine, rows)}"));
    }
}
