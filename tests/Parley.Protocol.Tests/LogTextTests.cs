using System.Globalization;
using System.Text;

namespace Parley.Protocol.Tests;

/// <summary>Text of others in the log.</summary>
public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain text, Grüße, 你好, 🎙️", "plain text, Grüße, 你好, 🎙️")]
    [InlineData("\u001B[2J\u001B]0;owned\u0007", "\\u001B[2J\\u001B]0;owned\\u0007")]
    [InlineData("a\r\nb\tc\0d\u007F\u0085", "a\\u000D\\u000Ab\\u0009c\\u0000d\\u007F\\u0085")]
    [InlineData("\u202Egpj.exe\u2066\u200F\u061C", "\\u202Egpj.exe\\u2066\\u200F\\u061C")]
    [InlineData("\u2028\u2029\uFEFF", "\\u2028\\u2029\\uFEFF")]
    [InlineData(null, "")]
    public void Control_characters_are_escaped(string? text, string logged) => Assert.Equal(logged, LogText.Clean(text));

    [Fact]
    public void Lone_surrogates_are_escaped() => Assert.Equal("a\\uD83Db\\uDE00", LogText.Clean("a" + '\uD83D' + "b" + '\uDE00'));

    [Fact]
    public void Text_without_control_characters_is_not_copied()
    {
        var text = new string('x', 100);
        Assert.Same(text, LogText.Clean(text));
    }

    [Fact]
    public void Long_text_is_cut_between_two_characters()
    {
        var logged = LogText.Clean(string.Concat(Enumerable.Repeat("x🎙", 1_000)));

        Assert.EndsWith("… (3000 characters)", logged, StringComparison.Ordinal);
        Assert.InRange(logged.Length, 400, 430);
        Assert.DoesNotContain("\\u", logged, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_leaves_a_control_or_format_character_that_moves_others()
    {
        var random = new Random(4711);
        for (var round = 0; round < 2_000; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(50); i > 0; i--)
                text.Append((char)(random.Next(4) == 0 ? random.Next(0x10000) : random.Next(0xA0)));

            Assert.DoesNotContain(LogText.Clean(text.ToString()), IsDangerous);
        }
    }

    private static bool IsDangerous(char c) =>
        char.IsControl(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
