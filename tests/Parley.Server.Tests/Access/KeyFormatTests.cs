using System.Text.RegularExpressions;
using Parley.Server.Access;

namespace Parley.Server.Tests.Access;

public sealed partial class KeyFormatTests
{
    [Fact]
    public void Key_format_is_recognized_and_contains_the_id()
    {
        var id = KeyFormat.NewId();
        var key = KeyFormat.NewSecret(id);

        Assert.Matches(Looks(), key);
        Assert.True(KeyFormat.TryGetId(key, out var found));
        Assert.Equal(id, found);
        Assert.NotEqual(key, KeyFormat.NewSecret(id));
    }

    [Fact]
    public void Checksum_detects_any_mistyped_character()
    {
        var key = KeyFormat.NewSecret(KeyFormat.NewId());

        for (var i = 0; i < key.Length; i++)
        {
            var mistyped = key[..i] + (key[i] == 'x' ? 'y' : 'x') + key[(i + 1)..];
            Assert.False(KeyFormat.TryGetId(mistyped, out _), mistyped);
        }
        Assert.False(KeyFormat.TryGetId(key[..^1], out _));
        Assert.False(KeyFormat.TryGetId("", out _));
    }

    [GeneratedRegex(@"\Aparley_[0-9A-Za-z]{61}\z")]
    private static partial Regex Looks();
}
