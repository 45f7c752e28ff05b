using Parley.Speech.Worker.Recognition;

namespace Parley.Speech.Tests;

public sealed class PhraseGrammarTests
{
    private static readonly HashSet<string> Dictionary = ["turn", "switch", "on", "off", "the", "lights", "what's", "time", "don't", "stop"];

    [Theory]
    [InlineData("turn on the lights", "turn on the lights")]
    [InlineData("(turn | switch) [the] lights (on|off)", "(turn | switch ) [the ] lights (on | off )")]
    [InlineData("What's the time?", "what's the time")]
    [InlineData("Stop, don't stop!", "stop don't stop")]
    public void A_phrase_becomes_a_rule(string phrase, string rule)
    {
        var refused = new List<string>();
        var grammar = PhraseGrammar.Build([phrase], Dictionary.Contains, refused);
        Assert.Empty(refused);
        Assert.Contains($"<p0> = {rule};", grammar, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("turn on the flurbinator", "flurbinator")]
    [InlineData("turn (on | off", "brackets")]
    [InlineData("turn on | ", "alternative is empty")]
    [InlineData("turn (on]", "brackets")]
    [InlineData("()", "brackets")]
    [InlineData("", "no words")]
    [InlineData("[turn] [on]", "left out")]
    [InlineData("turn <other> on", "'<' is not allowed")]
    [InlineData("turn on; public <x> = stop", "';' is not allowed")]
    [InlineData("turn* on", "'*' is not allowed")]
    [InlineData("turn {tag} on", "'{' is not allowed")]
    [InlineData("((((((((((((((turn))))))))))))))", "too deep")]
    public void Unusable_phrases_are_skipped_with_a_reason(string phrase, string reason)
    {
        var refused = new List<string>();
        var grammar = PhraseGrammar.Build([phrase, "stop"], Dictionary.Contains, refused);
        Assert.Contains(reason, Assert.Single(refused), StringComparison.Ordinal);
        Assert.Contains("<p0> = stop;", grammar, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_phrases_or_words_are_skipped()
    {
        var refused = new List<string>();
        Assert.NotNull(PhraseGrammar.Build([.. Enumerable.Repeat("turn on", 600)], Dictionary.Contains, refused));
        Assert.Contains("100 phrases", Assert.Single(refused), StringComparison.Ordinal);

        refused.Clear();
        Assert.Null(PhraseGrammar.Build([string.Join(' ', Enumerable.Repeat("turn", 401))], Dictionary.Contains, refused));
        Assert.Contains("more than 400", Assert.Single(refused), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("go forward", "go forward", 1)]
    [InlineData("go forward now", "go forward", 0.67)]
    [InlineData("turn on", "go forward", 0)]
    [InlineData("", "", 1)]
    [InlineData("", "word", 0)]
    public void Similarity_counts_equal_words(string a, string b, double similarity) =>
        Assert.Equal(similarity, WordSimilarity.Of(a, b), 0.01);
}
