using System.Text;
using CsCheck;
using Parley.Server.Wire;

namespace Parley.Server.Tests.Wire;

public sealed class CloseReasonTests
{
    [Fact]
    public void Cuts_between_characters() => Gen.String[0, 200].Sample(static reason =>
    {
        var cut = CloseReason.Cut(reason);
        Assert.True(Encoding.UTF8.GetByteCount(cut) <= CloseReason.MaxBytes);
        Assert.StartsWith(cut, reason, StringComparison.Ordinal);
        if (cut.Length < reason.Length)
            Assert.True(Encoding.UTF8.GetByteCount(cut) > CloseReason.MaxBytes - 4);
    });

    [Fact]
    public void Keeps_a_character_of_two_halves_whole() => Assert.Equal(30, CloseReason.Cut(new string('x', 120) + "😀").Length - 90);
}
