using CsCheck;
using Microsoft.Extensions.AI;
using Parley.Assistant.Images;

namespace Parley.Assistant.Tests.Images;

public sealed class ImageDescriptionTests
{
    private const string SixtyFourOnes =
        "01010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101";

    private static readonly byte[] RedAndBlue = TestImages.Png(
        64, 48, (x, _) => x < 40 ? ((byte)220, (byte)20, (byte)20) : ((byte)20, (byte)30, (byte)200));

    [Fact]
    public async Task A_PNG_is_described_by_size_colours_and_brightness() =>
        Assert.Equal(
            "I see a picture of 64 by 48 pixels. It is mostly red and blue, and dark. I only measure size and colours, so I cannot name what it shows.",
            await Ask.Text(Ask.User("hi"), Picture(RedAndBlue, "image/png"), Ask.Assistant("Hello!"), Ask.User("What do you see?")));

    [Fact]
    public async Task A_JPEG_without_words_is_described() =>
        Assert.StartsWith(
            "I see a picture of 24 by 16 pixels. It is mostly white, and bright.",
            await Ask.Text(Picture(TestImages.Jpeg(3, 2, 250), "image/jpeg")), StringComparison.Ordinal);

    [Fact]
    public async Task The_newest_image_is_described() =>
        Assert.Contains("mostly green", await Ask.Text(
            Picture(RedAndBlue, "image/png"), Picture(TestImages.Png(4, 4, (_, _) => (20, 200, 40)), "image/png"), Ask.User("describe the image")), StringComparison.Ordinal);

    [Theory]
    [InlineData(0, "It looks the same as the picture before it.")]
    [InlineData(10, "It differs a little from the picture before it.")]
    [InlineData(90, "It differs clearly from the picture before it.")]
    public async Task The_change_since_the_previous_image_is_described(byte brighter, string expected) =>
        Assert.EndsWith(expected, await Ask.Text(
            Picture(TestImages.Jpeg(6, 4, 100), "image/jpeg"), Picture(
                TestImages.Jpeg(6, 4, (byte)(100 + brighter)), "image/jpeg"), Ask.User("what do you see")), StringComparison.Ordinal);

    [Fact]
    public async Task An_image_is_described_in_another_language()
    {
        var response = await Ask.Response(
            [Picture(RedAndBlue, "image/png"), Ask.User("Was siehst du?")], new ChatOptions { Instructions = "Sprich Deutsch" });

        Assert.StartsWith("Ich sehe ein Bild mit 64 mal 48 Bildpunkten. Es ist vor allem rot und blau, und dunkel.", response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5000, 10)]
    [InlineData(10, 4097)]
    public async Task An_image_that_is_too_large_is_refused(int width, int height) =>
        Assert.Equal(
            "The picture is larger than 4096 by 4096 pixels, so I did not open it.",
            await Ask.Text(Picture(TestImages.Png(width, height, new byte[8]), "image/png")));

    [Fact]
    public async Task A_small_PNG_with_too_much_data_is_decoded_only_partly() =>
        Assert.StartsWith("I see a picture of 1 by 1 pixels.", await Ask.Text(Picture(TestImages.Png(1, 1, new byte[32 << 20]), "image/png")), StringComparison.Ordinal);

    [Fact]
    public void A_JPEG_with_hundreds_of_scans_is_refused()
    {
        var jpeg = TestImages.Jpeg(1, 1, 128);
        byte[] hostile = [.. jpeg[..^2], .. Enumerable.Repeat(new byte[] { 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0 }, 300).SelectMany(scan => scan), 0xFF, 0xD9];

        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(hostile, out _));
    }

    [Theory]
    [InlineData("zTXt", "a\0\0")]
    [InlineData("iTXt", "a\0\u0001\0\0\0")]
    public void A_PNG_with_hundreds_of_compressed_texts_is_refused(string type, string head) =>
        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(TestImages.PngWithTexts(300, type, head, new byte[7 << 20]), out _));

    [Theory]
    [InlineData("zTXt", "a\0\0")]
    [InlineData("iTXt", "a\0\u0001\0\0\0")]
    public void A_PNG_with_one_compressed_text_is_read(string type, string head) =>
        Assert.Equal(ImageReading.Read, ImageReader.TryRead(TestImages.PngWithTexts(1, type, head, new byte[1000]), out _));

    [Fact]
    public void A_scaled_down_image_is_described_with_its_original_size()
    {
        ImageReader.TryRead(TestImages.Jpeg(31, 30, 250), out var facts);

        Assert.Equal((248, 240, Colour.White), (facts?.Width, facts?.Height, facts?.Colours.Single()));
    }

    [Fact]
    public void A_truncated_image_is_not_described()
    {
        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(RedAndBlue.AsMemory(0, RedAndBlue.Length * 2 / 3), out _));

        var jpeg = TestImages.Jpeg(31, 30, 250);
        Assert.Equal(ImageReading.Unreadable, ImageReader.TryRead(jpeg.AsMemory(0, jpeg.Length * 2 / 3), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GIF89a")]
    [InlineData("\u0089PNG")]
    public async Task A_broken_image_is_reported(string bytes) =>
        Assert.StartsWith(
            "I received a picture but could not read it.",
            await Ask.Text(Picture([.. bytes.Select(character => (byte)character)], "image/png"), Ask.User("what is in this picture")), StringComparison.Ordinal);

    // A segment that claims to extend past the end of the file: a decoder may search forever for the next one.
    [Theory]
    [InlineData("FFD8FFE0FFFF")]
    [InlineData("FFD8FFDB004300" + SixtyFourOnes + "FFE0000B080010")]
    [InlineData("FFD8FFDB004300" + SixtyFourOnes + "FFFE000B080010")]
    public async Task A_file_that_claims_more_data_than_it_has_ends(string file) =>
        Assert.Equal(ImageReading.Unreadable, await Expect.WithinAsync(
            Task.Run(() => ImageReader.TryRead(Convert.FromHexString(file), out _)), "the result for the file"));

    [Fact]
    public void A_damaged_file_never_crashes_the_reader() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 2000], Gen.Byte, Gen.Int[0, 2000]).Sample(
            (png, index, value, cut) =>
            {
                var bytes = png ? [.. RedAndBlue] : TestImages.Jpeg(3, 2, 90);
                bytes[index % bytes.Length] = value;
                ImageReader.TryRead(bytes.AsMemory(0, bytes.Length - (cut % 3 == 0 ? cut % bytes.Length : 0)), out _);
            },
            iter: 2_000);

    private static ChatMessage Picture(byte[] bytes, string mediaType) => new(ChatRole.User, [new DataContent(bytes, mediaType)]);
}
