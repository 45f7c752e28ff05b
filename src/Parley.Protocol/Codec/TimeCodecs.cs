using System.Globalization;
using System.Text.Json;

namespace Parley.Protocol.Codec;

/// <summary>Duration: decimal seconds with the suffix <c>s</c>; at most nine fractional digits, of which .NET keeps seven.</summary>
internal sealed class DurationCodec : ValueCodec<TimeSpan>
{
    /// <summary>Ten thousand years in seconds, the limit of the proto type.</summary>
    private const decimal MaxSeconds = 315_576_000_000m;

    internal static readonly DurationCodec Instance = new();

    internal override string TypeName => "type.googleapis.com/google.protobuf.Duration";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out TimeSpan value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: > 1 } text || text[^1] != 's')
            return false;
        var number = text.AsSpan(0, text.Length - 1);
        if (!IsPlain(number) || !decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(seconds) > MaxSeconds)
        {
            return false;
        }

        value = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    // "4.1s"
    internal override void Write(Utf8JsonWriter writer, TimeSpan value) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{(decimal)value.Ticks / TimeSpan.TicksPerSecond:0.#######}s"));

    // -?digits(.digits{1,9})?
    private static bool IsPlain(ReadOnlySpan<char> number)
    {
        if (number is ['-', ..])
            number = number[1..];
        var point = number.IndexOf('.');
        var whole = point < 0 ? number : number[..point];
        return whole.Length > 0 && !whole.ContainsAnyExceptInRange('0', '9') && (point < 0 || number.Length - point - 1 is >= 1 and <= 9);
    }
}

/// <summary>Timestamp: RFC 3339 with an offset; at most nine fractional digits, of which .NET keeps seven.</summary>
internal sealed class TimestampCodec : ValueCodec<DateTimeOffset>
{
    private const int DateTimeLength = 19;

    internal static readonly TimestampCodec Instance = new();

    internal override string TypeName => "type.googleapis.com/google.protobuf.Timestamp";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out DateTimeOffset value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: > DateTimeLength } text)
            return false;
        var rest = text.AsSpan(DateTimeLength);
        var fraction = rest[0] == '.' ? rest[1..].IndexOfAnyExceptInRange('0', '9') : -1;
        if (rest[0] == '.' && fraction is < 1 or > 9)
            return false;
        var offset = rest[(fraction + 1)..];
        if (offset is not "Z" and not ['+' or '-', _, _, ':', _, _])
            return false;
        var kept = string.Concat(text.AsSpan(0, DateTimeLength), rest[..(Math.Min(fraction, 7) + 1)], offset);
        return DateTimeOffset.TryParseExact(kept, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
    }

    // "2026-11-22T10:00:00Z"
    internal override void Write(Utf8JsonWriter writer, DateTimeOffset value) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
}
