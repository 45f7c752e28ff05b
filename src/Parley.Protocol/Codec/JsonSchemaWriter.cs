using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Parley.Protocol.Codec;

internal static class JsonSchemaWriter
{
    internal static JsonElement Write(Schema schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, schema);
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private static void Write(Utf8JsonWriter writer, Schema schema)
    {
        writer.WriteStartObject();
        WriteType(writer, schema);
        WriteText(writer, "format", schema.Format);
        WriteText(writer, "title", schema.Title);
        WriteText(writer, "description", schema.Description);
        WriteText(writer, "pattern", schema.Pattern);
        WriteTexts(writer, "enum", schema.Enum);
        WriteTexts(writer, "required", schema.Required);
        WriteNumber(writer, "minItems", schema.MinItems);
        WriteNumber(writer, "maxItems", schema.MaxItems);
        WriteNumber(writer, "minProperties", schema.MinProperties);
        WriteNumber(writer, "maxProperties", schema.MaxProperties);
        WriteNumber(writer, "minLength", schema.MinLength);
        WriteNumber(writer, "maxLength", schema.MaxLength);
        WriteNumber(writer, "minimum", schema.Minimum);
        WriteNumber(writer, "maximum", schema.Maximum);
        WriteJson(writer, "example", schema.Example);
        WriteJson(writer, "default", schema.Default);
        WriteMembers(writer, schema);
        writer.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter writer, Schema schema)
    {
        if (schema.Type is not { } type || type == SchemaType.Unspecified)
            return;
        var name = type.Value.ToLower(CultureInfo.InvariantCulture);
        if (schema.Nullable is true)
        {
            writer.WriteStartArray("type");
            writer.WriteStringValue(name);
            writer.WriteStringValue("null");
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteString("type", name);
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, Schema schema)
    {
        if (schema.Items is { } items)
        {
            writer.WritePropertyName("items");
            Write(writer, items);
        }
        if (schema.Properties is { } properties)
        {
            writer.WriteStartObject("properties");
            foreach (var (name, property) in properties)
            {
                writer.WritePropertyName(name);
                Write(writer, property);
            }
            writer.WriteEndObject();
        }
        if (schema.AnyOf is { } anyOf)
        {
            writer.WriteStartArray("anyOf");
            foreach (var choice in anyOf)
                Write(writer, choice);
            writer.WriteEndArray();
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string>? values)
    {
        if (values is not { Count: > 0 })
            return;
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
    }

    private static void WriteJson(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is not { } json)
            return;
        writer.WritePropertyName(name);
        json.WriteTo(writer);
    }
}
