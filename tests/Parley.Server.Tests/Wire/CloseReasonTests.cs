using System.Text;
using CsCheck;
using Parley.Server.Wire;

namespace Parley.Server.Tests.Wire;

public sealed class CloseReasonTests
{
    [Fact]
    public void Close_reason_is_truncated_between_characters() => Gen.String[0, 200].Sample(static reason =>
    {
        var cut = CloseReason.Cut(reason);
        Assert.True(Encoding.UTF8.GetByteCount(cut) <= CloseReason.MaxBytes);
        Assert.StartsWith(cut, reason, StringComparison.Ordinal);
        if (cut.Length < reason.Length)
            Assert.True(Encoding.UTF8.GetByteCount(cut) > CloseReason.MaxBytes - 4);
    });

    [Fact]
    public void Close_reason_does_not_split_a_surrogate_pair() => Assert.Equal(30, CloseReason.Cut(new string('x', 120) + "😀").Length - 90);
}
