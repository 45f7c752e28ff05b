using CsCheck;
using Parley.Speech.Synthesis;

namespace Parley.Speech.Tests;

public sealed class SpeakableTextTests
{
    [Theory]
    [InlineData("Hello, world!", "Hello, world!")]
    [InlineData("Crème brûlée für Zoë", "Creme brulee fur Zoe")]
    [InlineData("“It’s” – fine…", "\"It's\" , fine...")]
    [InlineData("**Bold** and `code` and # title", "Bold and code and title")]
    [InlineData("[laughs] Well, [clears throat] yes", "Well, yes")]
    [InlineData("See [the docs](https://www.example.com/a?b=c).", "See the docs(example dot com).")]
    [InlineData("Go to https://example.com/a/b/c.", "Go to example dot com.")]
    [InlineData("Open readme.md in the U.S.A. for 3.14 dollars", "Open readme dot md in the U.S.A. for 3.14 dollars")]
    [InlineData("snake_case and 20°C", "snake case and 20 degrees C")]
    [InlineData("👋🏽 Привет", "")]
    public void Text_is_made_speakable(string text, string expected) => Assert.Equal(expected, SpeakableText.From(text));

    [Fact]
    public void Only_plain_ascii_comes_out() =>
        Gen.String.Sample(text => Assert.All(SpeakableText.From(text), c => Assert.InRange(c, ' ', '~')));
}
