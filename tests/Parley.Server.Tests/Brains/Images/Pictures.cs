using CsCheck;
using Microsoft.Extensions.AI;
using Parley.Server.Brains.Images;

namespace Parley.Server.Tests.Brains.Images;

public sealed class Pictures
{
    private static readonly byte[] RedAndBlue = TestPictures.Png(64, 48, (x, _) => x < 40 ? ((byte)220, (byte)20, (byte)20) : ((byte)20, (byte)30, (byte)200));

    [Fact]
    public async Task Describes_size_colours_and_brightness_of_a_png() =>
        Assert.Equal(
            "I see a picture of 64 by 48 pixels. It is mostly red and blue, and dark. I only measure size and colours, so I cannot name what it shows.",
            await Ask.Text(Ask.User("hi"), Picture(RedAndBlue, "image/png"), Ask.Assistant("Hello!"), Ask.User("What do you see?")));

    [Fact]
    public async Task Describes_a_jpeg_that_came_without_words() =>
        Assert.StartsWith(
            "I see a picture of 24 by 16 pixels. It is mostly white, and bright.",
            await Ask.Text(Picture(TestPictures.Jpeg(3, 2, 250), "image/jpeg")), StringComparison.Ordinal);

    [Fact]
    public async Task Takes_the_newest_picture() =>
        Assert.Contains("mostly green", await Ask.Text(
            Picture(RedAndBlue, "image/png"), Picture(TestPictures.Png(4, 4, (_, _) => (20, 200, 40)), "image/png"), Ask.User("describe the image")), StringComparison.Ordinal);

    [Fact]
    public async Task Describes_it_in_another_language()
    {
        var response = await Ask.Response([Picture(RedAndBlue, "image/png"), Ask.User("Was siehst du?")], new ChatOptions { Instructions = "Sprich Deutsch" });

        Assert.StartsWith("Ich sehe ein Bild mit 64 mal 48 Bildpunkten. Es ist vor allem rot und blau, und dunkel.", response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5000, 10)]
    [InlineData(10, 4097)]
    public async Task Refuses_a_picture_that_is_too_large(int width, int height) =>
        Assert.Equal(
            "The picture is larger than 4096 by 4096 pixels, so I did not open it.",
            await Ask.Text(Picture(TestPictures.Png(width, height, new byte[8]), "image/png")));

    [Fact]
    public async Task Refuses_a_small_picture_that_unpacks_to_a_huge_one() =>
        Assert.StartsWith("I received a picture but could not read it.", await Ask.Text(Picture(TestPictures.Png(1, 1, new byte[32 << 20]), "image/png")), StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_jpeg_with_hundreds_of_scans()
    {
        var jpeg = TestPictures.Jpeg(1, 1, 128);
        byte[] hostile = [.. jpeg[..^2], .. Enumerable.Repeat(new byte[] { 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0 }, 300).SelectMany(scan => scan), 0xFF, 0xD9];

        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(hostile, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GIF89a")]
    [InlineData("\u0089PNG")]
    public async Task Says_so_when_a_picture_is_broken(string bytes) =>
        Assert.StartsWith(
            "I received a picture but could not read it.",
            await Ask.Text(Picture([.. bytes.Select(character => (byte)character)], "image/png"), Ask.User("what is in this picture")), StringComparison.Ordinal);

    [Fact]
    public void Survives_any_damage_to_a_file() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 2000], Gen.Byte, Gen.Int[0, 2000]).Sample(
            (png, index, value, cut) =>
            {
                var bytes = png ? [.. RedAndBlue] : TestPictures.Jpeg(3, 2, 90);
                bytes[index % bytes.Length] = value;
                ImageReader.TryRead(bytes.AsMemory(0, bytes.Length - (cut % 3 == 0 ? cut % bytes.Length : 0)), out _);
            },
            iter: 2_000);

    private static ChatMessage Picture(byte[] bytes, string mediaType) => new(ChatRole.User, [new DataContent(bytes, mediaType)]);
}
