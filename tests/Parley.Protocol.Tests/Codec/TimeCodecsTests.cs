using System.Globalization;
using System.Text;
using Parley.Protocol.Tests.Support;

namespace Parley.Protocol.Tests.Codec;

/// <summary>Durations and timestamps (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#22-json-is-proto3-json">protocol 2.2</see>, rules 6 and 7).</summary>
public sealed class TimeCodecsTests
{
    [Theory]
    [InlineData("50s", 50_000, "50s")]
    [InlineData("0s", 0, "0s")]
    [InlineData("4.1s", 4_100, "4.1s")]
    [InlineData("1.500s", 1_500, "1.5s")]
    [InlineData("-0.25s", -250, "-0.25s")]
    [InlineData("0.001000000s", 1, "0.001s")]
    [InlineData("315576000000s", 315_576_000_000_000, "315576000000s")]
    public void Duration_is_decimal_seconds(string text, double milliseconds, string written)
    {
        var response = Wire.Response($$$$$$"""{"goAway":{"timeLeft":"{{{{{{text}}}}}}"}}""");

        Assert.Null(response.Extra);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), response.GoAway!.TimeLeft);
        Wire.Equal($$$$$$"""{"goAway":{"timeLeft":"{{{{{{written}}}}}}"}}""", Wire.Encode(response));
    }

    [Fact]
    public void Duration_keeps_seven_of_nine_fractional_digits() =>
        Assert.Equal(TimeSpan.FromTicks(11_234_567), Wire.Response("""{"goAway":{"timeLeft":"1.123456789s"}}""").GoAway!.TimeLeft);

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"s\"")]
    [InlineData("\"-s\"")]
    [InlineData("\"50\"")]
    [InlineData("\"50S\"")]
    [InlineData("\"+50s\"")]
    [InlineData("\".5s\"")]
    [InlineData("\"5.s\"")]
    [InlineData("\"5.1234567890s\"")]
    [InlineData("\"5,0s\"")]
    [InlineData("\"1e3s\"")]
    [InlineData("\"--5s\"")]
    [InlineData("\" 5s\"")]
    [InlineData("\"315576000001s\"")]
    [InlineData("\"99999999999999999999999999999999s\"")]
    [InlineData("50")]
    [InlineData("{}")]
    public void Invalid_duration_is_kept_aside(string json)
    {
        var response = Wire.Response($$$$$$"""{"goAway":{"timeLeft":{{{{{{json}}}}}}}}""");

        Assert.Null(response.GoAway!.TimeLeft);
        Assert.Equal(json, response.Extra!["go_away.time_left"].GetRawText());
    }

    [Theory]
    [InlineData("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z")]
    [InlineData("2026-11-22T10:00:00.5Z", "2026-11-22T10:00:00.5Z")]
    [InlineData("2026-11-22T12:30:00+02:30", "2026-11-22T10:00:00Z")]
    [InlineData("2026-11-22T02:00:00.120-08:00", "2026-11-22T10:00:00.12Z")]
    [InlineData("2026-11-22T10:00:00.123456789Z", "2026-11-22T10:00:00.1234567Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.9999999Z")]
    public void Timestamp_is_rfc_3339(string text, string written)
    {
        var request = LiveCodec.DecodeAuthTokenRequest(Encoding.UTF8.GetBytes($$"""{"expireTime":"{{text}}"}"""));

        Assert.Equal(DateTimeOffset.Parse(written, CultureInfo.InvariantCulture), request.ExpireTime);
        Wire.Equal($$"""{"expireTime":"{{written}}"}""", Wire.Written(output => LiveCodec.Encode(request, output)));
    }

    [Theory]
    [InlineData("\"2026-11-22\"")]
    [InlineData("\"2026-11-22T10:00:00\"")]
    [InlineData("\"2026-11-22 10:00:00Z\"")]
    [InlineData("\"2026-11-22T10:00Z\"")]
    [InlineData("\"2026-11-22T10:00:00.Z\"")]
    [InlineData("\"2026-11-22T10:00:00.1234567890Z\"")]
    [InlineData("\"2026-11-22T10:00:00+0200\"")]
    [InlineData("\"2026-11-22T10:00:00+02\"")]
    [InlineData("\"2026-11-22T10:00:00+99:00\"")]
    [InlineData("\"2026-13-22T10:00:00Z\"")]
    [InlineData("\"2026-11-22T25:00:00Z\"")]
    [InlineData("\"2026-11-22T10:00:00Z \"")]
    [InlineData("\"Sun, 22 Nov 2026 10:00:00 GMT\"")]
    [InlineData("\"0001-01-01T00:00:00+01:00\"")]
    [InlineData("1795341600")]
    public void Invalid_timestamp_is_refused(string json)
    {
        var refusal = Assert.Throws<LiveProtocolException>(
            () => LiveCodec.DecodeAuthTokenRequest(Encoding.UTF8.GetBytes($$"""{"expireTime":{{json}}}""")));

        Assert.StartsWith("Invalid value at 'auth_token.expire_time'", refusal.Message, StringComparison.Ordinal);
    }
}
