using CsCheck;
using Parley.Speech.TurnTaking;

namespace Parley.Speech.Tests.TurnTaking;

public sealed class SentenceEndsTests
{
    [Theory]
    [InlineData("", "the")]
    [InlineData("turn", "the")]
    [InlineData("and", "it")]
    [InlineData("whether", "it")]
    [InlineData("But", "They")]
    [InlineData("zebra", "were")]
    public void Sentences_hardly_end_after_words_that_need_another(string previous, string last) =>
        Assert.True(SentenceEnds.After(previous, last) < SentenceEnds.Unlikely);

    [Theory]
    [InlineData("", "today")]
    [InlineData("about", "it")]
    [InlineData("are", "they")]
    [InlineData("the", "kitchen")]
    [InlineData("", "it")]
    public void Sentences_may_end_after_other_words(string previous, string last) =>
        Assert.True(SentenceEnds.After(previous, last) > SentenceEnds.Unlikely);

    [Fact]
    public void Unknown_words_and_any_text_have_no_score()
    {
        Assert.True(float.IsNaN(SentenceEnds.After("the", "qwxz")));
        Gen.Select(Gen.String[0, 200], Gen.String[0, 200]).Sample(static (previous, last) => Assert.False(SentenceEnds.After(previous, last) > 0));
    }

    [Fact]
    public void A_table_entry_is_a_word_or_a_pair()
    {
        using var reader = new StreamReader(typeof(SentenceEnds).Assembly.GetManifestResourceStream("sentence_ends.txt")!);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.StartsWith('#')).ToArray();
        Assert.True(lines.Length > 100);
        Assert.All(lines.SelectMany(static line => line.Split(' ')[1..]), static entry => Assert.Matches("^[a-z'.]+(_[a-z'.]+)?$", entry));
    }
}
