using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Testing.Files;

namespace Parley.Testing.Faults;

/// <summary>Times in files: <c>"1.5s"</c>, <c>"200ms"</c>, <c>"10m"</c>, <c>"1h"</c> or <c>"00:00:01.5"</c>.</summary>
internal sealed class TimeTextConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        var given = reader.TokenType == JsonTokenType.String ? $"\"{text}\"" : "A value that is not a string";
        return Parse(text) ?? throw new JsonException($"{given} is not a time. A time is a string such as \"1.5s\", \"200ms\", \"10m\" or \"00:00:01.5\".");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("c", CultureInfo.InvariantCulture));

    private static TimeSpan? Parse(string text)
    {
        if (FileDuration.TryParse(text, out var duration))
            return duration;
        var isClock = text.Contains(':', StringComparison.Ordinal);
        return isClock && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.Zero ? time : null;
    }
}
