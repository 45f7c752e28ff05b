using CsCheck;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Tests;

public sealed class TextSegmenterTests
{
    private static readonly string[] Words =
        ["hello", "I", "Dr.", "3.14", "U.S.A.", "wonderful", "https://example.com/a.b", "yes!", "really?!", "(well)", "so,", "e.g.", "😀", "end."];

    private static readonly string[] Gaps = [" ", " ", " ", " ", " ", " ", ". ", "\n", ", ", ""];

    private static readonly Gen<string> Prose =
        Gen.Select(Gen.Int[0, 13], Gen.Int[0, 9]).Array[0, 60].Select(parts => string.Concat(parts.Select(p => Words[p.Item1] + Gaps[p.Item2])));

    [Theory]
    [InlineData("One. Two! Three?", "One. |Two! |Three?")]
    [InlineData("Really?! \"Yes.\" (No.) Well... ok", "Really?! |\"Yes.\" |(No.) |Well... |ok")]
    [InlineData("Pi is 3.14 or so. Next", "Pi is 3.14 or so. |Next")]
    [InlineData("See https://example.com/a.b?c=d. Then go", "See https://example.com/a.b?c=d. |Then go")]
    [InlineData("The U.S.A. is big. So is it", "The U.S.A. is big. |So is it")]
    [InlineData("Dr. Smith and J. Doe, e.g. today. Yes", "Dr. Smith and J. Doe, e.g. today. |Yes")]
    [InlineData("So do I. You too", "So do I. |You too")]
    [InlineData("1. First\n2. Second\n\nEnd", "1. First\n|2. Second\n|\nEnd")]
    [InlineData("It was in 1984. Then", "It was in 1984. |Then")]
    [InlineData("今日は。元気？はい", "今日は。|元気？|はい")]
    [InlineData("Short, clauses, stay; together: yes", "Short, clauses, stay; together: yes")]
    [InlineData("This first clause is long enough that it is spoken on its own, and this one is the rest",
        "This first clause is long enough that it is spoken on its own, |and this one is the rest")]
    public void Text_is_cut_at_the_ends_of_sentences_and_long_clauses(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', TextSegmenter.Split(text)));

    [Fact]
    public void A_sentence_is_complete_with_the_space_after_it()
    {
        var segmenter = new TextSegmenter();
        segmenter.Append("Hello there.");
        Assert.False(segmenter.TryTake(out _));
        segmenter.Append(" How");
        Assert.True(segmenter.TryTake(out var segment));
        Assert.Equal("Hello there. ", segment);
        Assert.False(segmenter.TryTake(out _));
        Assert.True(segmenter.TryFlush(out segment));
        Assert.Equal("How", segment);
        Assert.False(segmenter.TryFlush(out _));
    }

    [Fact]
    public void Any_deltas_give_the_same_pieces() =>
        Gen.Select(Prose, Gen.Int[1, 40].Array[1, 6]).Sample((text, cuts) =>
        {
            var segmenter = new TextSegmenter(60);
            var pieces = new List<string>();
            for (int at = 0, i = 0; at < text.Length; i++)
            {
                var take = Math.Min(cuts[i % cuts.Length], text.Length - at);
                segmenter.Append(text.AsSpan(at, take));
                at += take;
                while (segmenter.TryTake(out var piece))
                    pieces.Add(piece);
            }
            while (segmenter.TryFlush(out var piece))
                pieces.Add(piece);

            Assert.Equal(TextSegmenter.Split(text, 60), pieces);
        });

    [Fact]
    public void The_pieces_together_are_the_text_and_none_is_too_long() =>
        Gen.OneOf(Prose, Gen.String).Sample(text =>
        {
            var pieces = TextSegmenter.Split(text, 40).ToList();
            Assert.Equal(text, string.Concat(pieces));
            Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, 40));
        });

    [Fact]
    public void Ten_thousand_characters_without_a_space_are_cut_and_no_pair_is_split()
    {
        Assert.Equal(50, TextSegmenter.Split(new string('a', 10_000)).Count());
        Assert.All(TextSegmenter.Split("x" + string.Concat(Enumerable.Repeat("😀", 500))), piece => Assert.False(char.IsLowSurrogate(piece[0])));
    }
}
