using Parley.Recording.Redaction;

namespace Parley.Recording.Tests.Redaction;

/// <summary>What the built-in redactors find.</summary>
public sealed class RedactorTests
{
    private static readonly Redactor All = new(
    [
        new PatternRedactor(@"[\p{L}\p{N}._%+-]+(@| at )[\p{L}\p{N}-]+((\.| dot )[\p{L}\p{N}-]+)+", "email"), new NumberRedactor(cards: true, phones: true), new PatternRedactor("order [a-z]+", "redacted"),
    ]);

    [Theory]
    [InlineData("Card 4111-1111-1111-1111, thanks", "Card [card], thanks")]
    [InlineData("5500 0000 0000 0004", "[card]")]
    [InlineData("378282246310005", "[card]")]
    [InlineData("Call +49 (30) 123456-78 now", "Call +[phone] now")]
    [InlineData("five five five oh one two three", "[phone]")]
    [InlineData("Write to ann.b@example.co.uk.", "Write to [email].")]
    [InlineData("ann at example dot com", "[email]")]
    [InlineData("It is order ABC", "It is [redacted]")]
    [InlineData("In 2026 we had 12 of 100, one or two more", "In 2026 we had 12 of 100, one or two more")]
    [InlineData("1234567890123456789012", "1234567890123456789012", false)]
    [InlineData("0000 0000 0000 0000", "0000 0000 0000 0000")]
    public void Text_is_cleaned(string text, string expected, bool exact = true)
    {
        var clean = All.Apply(text, out _);

        if (exact)
            Assert.Equal(expected, clean);
        else
            Assert.Equal("[card]", clean);
    }

    [Fact]
    public void Overlapping_parts_are_removed_as_one()
    {
        var redactor = new Redactor([new PatternRedactor("abc", "a"), new PatternRedactor("cde", "b")]);

        Assert.Equal("x[a]y", redactor.Apply("xabcdey", out var count));
        Assert.Equal(1, count);
    }

    [Fact]
    public void A_pattern_takes_time_in_proportion_to_the_text()
    {
        var redactor = new Redactor([new PatternRedactor("(a+)+$", "redacted")]);

        Assert.Equal(new string('a', 50_000) + "b", redactor.Apply(new string('a', 50_000) + "b", out _));
    }
}
