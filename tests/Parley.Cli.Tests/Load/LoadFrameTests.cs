using Parley.Cli.Load;

namespace Parley.Cli.Tests.Load;

public sealed class LoadFrameTests
{
    [Theory]
    [InlineData(0, 6)]
    [InlineData(125, 6)]
    [InlineData(126, 8)]
    [InlineData(65_535, 8)]
    [InlineData(65_536, 14)]
    public void Frame_has_the_shortest_header_and_is_masked(int length, int header)
    {
        var payload = new byte[length];
        new Random(3).NextBytes(payload);

        var frame = LoadFrame.Encode(LoadFrame.Text, payload);

        Assert.Equal(header + length, frame.Length);
        var mask = frame[(header - 4)..header];
        Assert.Equal(payload, frame[header..].Select((b, i) => (byte)(b ^ mask[i % 4])));
    }

    [Theory]
    [InlineData("8105", true, 2, 5)]
    [InlineData("81", false, 0, 0)]
    [InlineData("817e01", false, 4, 0)]
    [InlineData("817e0100", true, 4, 256)]
    [InlineData("827f0000000000010000", true, 10, 65_536)]
    public void Header_of_a_server_is_read(string hex, bool complete, int header, long length)
    {
        Assert.Equal(complete, LoadFrame.TryReadHeader(Convert.FromHexString(hex), out _, out _, out var headerLength, out var payload));
        Assert.Equal((header, length), (headerLength, payload));
    }

    [Theory]
    [InlineData("8185")] // masked
    [InlineData("c105")] // compressed
    [InlineData("8305")] // unknown opcode
    [InlineData("0805")] // fragmented close
    [InlineData("897e0100")] // long ping
    [InlineData("827fffffffffffffffff")] // negative length
    public void Invalid_frame_is_a_failure(string hex) =>
        Assert.Throws<LoadFailure>(() => LoadFrame.TryReadHeader(Convert.FromHexString(hex), out _, out _, out _, out _));
}
