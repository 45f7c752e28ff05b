using CsCheck;
using Microsoft.Extensions.AI;
using Parley.Assistant.Images;
using Parley.TestKit;

namespace Parley.Assistant.Tests.Images;

public sealed class Pictures
{
    private const string SixtyFourOnes =
        "01010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101";

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

    [Theory]
    [InlineData(0, "It looks the same as the picture before it.")]
    [InlineData(10, "It differs a little from the picture before it.")]
    [InlineData(90, "It differs clearly from the picture before it.")]
    public async Task Tells_how_much_changed_since_the_picture_before(byte brighter, string expected) =>
        Assert.EndsWith(expected, await Ask.Text(
            Picture(TestPictures.Jpeg(6, 4, 100), "image/jpeg"), Picture(TestPictures.Jpeg(6, 4, (byte)(100 + brighter)), "image/jpeg"), Ask.User("what do you see")), StringComparison.Ordinal);

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
    public async Task Unpacks_no_more_than_the_pixels_of_a_small_picture() =>
        Assert.StartsWith("I see a picture of 1 by 1 pixels.", await Ask.Text(Picture(TestPictures.Png(1, 1, new byte[32 << 20]), "image/png")), StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_jpeg_with_hundreds_of_scans()
    {
        var jpeg = TestPictures.Jpeg(1, 1, 128);
        byte[] hostile = [.. jpeg[..^2], .. Enumerable.Repeat(new byte[] { 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0 }, 300).SelectMany(scan => scan), 0xFF, 0xD9];

        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(hostile, out _));
    }

    [Theory]
    [InlineData("zTXt", "a\0\0")]
    [InlineData("iTXt", "a\0\u0001\0\0\0")]
    public void Refuses_a_png_with_hundreds_of_packed_texts(string type, string head) =>
        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(TestPictures.PngWithTexts(300, type, head, new byte[7 << 20]), out _));

    [Theory]
    [InlineData("zTXt", "a\0\0")]
    [InlineData("iTXt", "a\0\u0001\0\0\0")]
    public void Reads_a_png_with_a_packed_text(string type, string head) =>
        Assert.Equal(ImageReading.Read, ImageReader.TryRead(TestPictures.PngWithTexts(1, type, head, new byte[1000]), out _));

    [Fact]
    public void Tells_the_size_a_picture_has_though_it_opens_it_smaller()
    {
        ImageReader.TryRead(TestPictures.Jpeg(31, 30, 250), out var facts);

        Assert.Equal((248, 240, Colour.White), (facts?.Width, facts?.Height, facts?.Colours.Single()));
    }

    [Fact]
    public void Does_not_describe_half_a_picture()
    {
        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(RedAndBlue.AsMemory(0, RedAndBlue.Length * 2 / 3), out _));

        var jpeg = TestPictures.Jpeg(31, 30, 250);
        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(jpeg.AsMemory(0, jpeg.Length * 2 / 3), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GIF89a")]
    [InlineData("\u0089PNG")]
    public async Task Says_so_when_a_picture_is_broken(string bytes) =>
        Assert.StartsWith(
            "I received a picture but could not read it.",
            await Ask.Text(Picture([.. bytes.Select(character => (byte)character)], "image/png"), Ask.User("what is in this picture")), StringComparison.Ordinal);

    // A note that claims to go on behind the end of the file: a decoder may look for what follows it for ever.
    [Theory]
    [InlineData("FFD8FFE0FFFF")]
    [InlineData("FFD8FFDB004300" + SixtyFourOnes + "FFE0000B080010")]
    [InlineData("FFD8FFDB004300" + SixtyFourOnes + "FFFE000B080010")]
    public async Task Finds_an_end_where_a_file_promises_more_than_it_has(string file) =>
        Assert.Equal(ImageReading.Unreadable, await Expect.WithinAsync(
            Task.Run(() => ImageReader.TryRead(Convert.FromHexString(file), out _)), "a verdict on the file"));

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
