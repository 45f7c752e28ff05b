using System.Text;
using CsCheck;

namespace Parley.Protocol.Tests;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("image/png", "image/png", "image/png")]
    [InlineData(" Image/PNG ; Name = x ", "Image/PNG", "Image/PNG;Name=x")]
    [InlineData("audio/pcm;rate=\"16000\";;x", "audio/pcm", "audio/pcm;rate=16000")]
    [InlineData("image/png;charset=\u0000", "image/png", "image/png")]
    [InlineData("image/png;a=\"b;c=d\";e=f", "image/png", "image/png;e=f")]
    [InlineData("image/\u0000", "", "")]
    [InlineData("image/a/b", "", "")]
    [InlineData("image", "", "")]
    [InlineData("/png", "", "")]
    [InlineData("", "", "")]
    [InlineData(null, "", "")]
    public void Media_type_is_read_as_far_as_it_is_valid(string? text, string name, string clean)
    {
        var type = new MediaType(text);
        Assert.Equal(name, type.Name.ToString());
        Assert.Equal(clean, type.ToString());
    }

    [Theory]
    [InlineData("image/jpeg", true, false)]
    [InlineData(" IMAGE/\u0001;x", true, false)]
    [InlineData("audio/pcm;rate=image/png", false, true)]
    [InlineData("imagery/png", false, false)]
    [InlineData("text/image/png", false, false)]
    [InlineData(";image/png", false, false)]
    public void Kind_is_the_text_before_the_slash(string text, bool isImage, bool isAudio)
    {
        var type = new MediaType(text);
        Assert.Equal((isImage, isAudio), (type.IsImage, type.IsAudio));
    }

    [Fact]
    public void Any_text_is_read_without_an_exception_and_the_clean_form_is_stable() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["au/io;= \"\\\0\t,ü1"], 0, 30]).Sample(static text =>
        {
            var clean = new MediaType(text).ToString();
            foreach (var (name, value) in new MediaType(text).Parameters)
                Assert.True(name.Length + value.Length <= text.Length);
            Assert.Equal(clean, new MediaType(clean).ToString());
            Assert.True(AudioFormat.TryParseRate(text, 16_000, out _) || !AudioFormat.TryParseInputRate(text, out _));
        });

    [Fact]
    public void Input_is_mono_PCM_whose_parameters_are_all_understood()
    {
        var name = Gen.OneOf("rate", "channels", "codec", "bits", "endian", "charset", "ratex", "rat", "");
        var value = Gen.OneOf("16000", "8000", "48000", "3999", "192001", "1", "2", "0", "-1", "16000.0", "1e4", "s16le", "");
        var parameter = Gen.Select(name, value, Gen.Bool, Gen.OneOf("", " ", "\t"), Gen.Bool, static (n, v, isQuoted, space, isUpper) => (
            Name: n, Value: v,
            Text: n.Length == 0 && v.Length == 0 ? space : $"{space}{(isUpper ? n.ToUpperInvariant() : n)}{space}={space}{(isQuoted ? $"\"{v}\"" : v)}{space}"));
        Gen.Select(Gen.OneOf("audio/pcm", "AUDIO/PCM", " audio/l16 ", "audio/wav"), parameter.Array[0, 3]).Sample(static (type, parameters) =>
        {
            var text = new StringBuilder(type).AppendJoin("", parameters.Select(static one => ";" + one.Text)).ToString();
            var given = parameters.Where(static one => one.Name.Length + one.Value.Length > 0).ToList();
            var rates = given.Where(static one => one.Name == "rate").ToList();
            var channels = given.Where(static one => one.Name == "channels").ToList();
            var isMono = channels is [] or [{ Value: "1" }];
            var hasRate = rates is [] or [{ Value: "8000" or "16000" or "48000" }];
            var isPcm = type != "audio/wav";

            var accepted = AudioFormat.TryParseInputRate(text, out var rateHz);
            Assert.Equal(isPcm && isMono && hasRate && given.Count == rates.Count + channels.Count, accepted);
            if (accepted)
                Assert.Equal(rates is [var rate] ? rate.Value : "16000", rateHz.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(isPcm && isMono && hasRate, AudioFormat.TryParseRate(text, 24_000, out _));

            // The scanner of whole messages decides the same, or leaves the message to the parser.
            var mime = System.Text.Json.JsonSerializer.Serialize(text);
            var message = Encoding.UTF8.GetBytes("{\"realtimeInput\":{\"audio\":{\"mimeType\":" + mime + ",\"data\":\"AAAA\"}}}");
            if (AudioMessage.TryFindInput(message, out var chunk))
                Assert.True(accepted && chunk.RateHz == rateHz, text);
        });
    }
}
