using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Parley.Protocol.Codec;

internal sealed class StringCodec : ValueCodec<string>
{
    internal static readonly StringCodec Instance = new();

    internal override string TypeName => "TYPE_STRING";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out string value)
    {
        value = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return reader.TokenType == JsonTokenType.String;
    }

    internal override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);
}

internal sealed class BooleanCodec : ValueCodec<bool>
{
    internal static readonly BooleanCodec Instance = new();

    internal override string TypeName => "TYPE_BOOL";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }

    internal override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);
}

/// <summary>int32: a number, accepted as a string too; written as a number.</summary>
internal sealed class Int32Codec : ValueCodec<int>
{
    internal static readonly Int32Codec Instance = new();

    internal override string TypeName => "TYPE_INT32";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out int value)
    {
        var read = Int64Codec.Instance.TryRead(ref reader, context, out var wide);
        value = unchecked((int)wide);
        return read && wide == value;
    }

    internal override void Write(Utf8JsonWriter writer, int value) => writer.WriteNumberValue(value);
}

/// <summary>int64: a string or a number; written as a string.</summary>
internal sealed class Int64Codec : ValueCodec<long>
{
    internal static readonly Int64Codec Instance = new();

    internal override string TypeName => "TYPE_INT64";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out long value)
    {
        value = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out value))
                return true;
            // 1e3 and 5.0 are integers too; values beyond 2^63 are not.
            if (!reader.TryGetDouble(out var number) || number != Math.Truncate(number) || Math.Abs(number) >= 9_223_372_036_854_775_808d)
                return false;
            value = (long)number;
            return true;
        }
        return reader.TokenType == JsonTokenType.String
            && long.TryParse(reader.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    internal override void Write(Utf8JsonWriter writer, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        writer.WriteStringValue(digits[..length]);
    }
}

internal sealed class DoubleCodec : ValueCodec<double>
{
    internal static readonly DoubleCodec Instance = new();

    internal override string TypeName => "TYPE_FLOAT";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out double value)
    {
        value = 0;
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetDouble(out value) && double.IsFinite(value);
        return reader.TokenType == JsonTokenType.String
            && double.TryParse(reader.GetString(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
            && double.IsFinite(value);
    }

    internal override void Write(Utf8JsonWriter writer, double value) => writer.WriteNumberValue(value);
}

/// <summary>bytes: base64 in both alphabets, padded or not; written in the standard one with padding.</summary>
internal sealed class BytesCodec : ValueCodec<ReadOnlyMemory<byte>>
{
    internal static readonly BytesCodec Instance = new();

    internal override string TypeName => "TYPE_BYTES";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String)
            return false;
        if (!reader.ValueIsEscaped)
            return TryDecode(reader.ValueSpan, out value);
        var plain = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return TryDecode(plain.AsSpan(0, reader.CopyString(plain)), out value);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    internal override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value) => writer.WriteBase64StringValue(value.Span);

    private static bool TryDecode(ReadOnlySpan<byte> text, out ReadOnlyMemory<byte> value)
    {
        var bytes = new byte[WireBase64.DecodedLength(text)];
        value = bytes;
        return WireBase64.TryDecode(text, bytes, out var written) && written == bytes.Length;
    }
}

/// <summary>Enum: a name in any letter case, or its number.</summary>
internal sealed class EnumCodec<TEnum> : ValueCodec<TEnum>
    where TEnum : struct, IWireEnum<TEnum>
{
    internal static readonly EnumCodec<TEnum> Instance = new();

    internal override string TypeName => "TYPE_ENUM";

    internal override IReadOnlyList<string>? Names => TEnum.Names;

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out TEnum value)
    {
        value = default;
        var names = TEnum.Names;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt32(out var number))
                return false;
            var known = number >= 0 && number < names.Count;
            value = TEnum.Create(known ? names[number] : number.ToString(CultureInfo.InvariantCulture));
            return known || !context.Strict;
        }
        if (reader.TokenType != JsonTokenType.String)
            return false;
        var text = reader.GetString()!;
        foreach (var name in names)
        {
            if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase))
            {
                value = TEnum.Create(name);
                return true;
            }
        }
        value = TEnum.Create(text);
        return !context.Strict;
    }

    internal override void Write(Utf8JsonWriter writer, TEnum value) => writer.WriteStringValue(value.Value);
}

/// <summary>An empty message; a member inside it is unknown.</summary>
internal sealed class EmptyCodec : ValueCodec<Empty>
{
    internal static readonly EmptyCodec Instance = new();

    internal override string TypeName => "type.googleapis.com/google.protobuf.Empty";

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out Empty value)
    {
        value = Empty.Instance;
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            context.ReadUnknown(ref reader);
        return true;
    }

    internal override void Write(Utf8JsonWriter writer, Empty value)
    {
        writer.WriteStartObject();
        writer.WriteEndObject();
    }
}

/// <summary>Free JSON, or a free JSON object.</summary>
internal sealed class JsonCodec(bool objectOnly) : ValueCodec<JsonElement>
{
    internal static readonly JsonCodec Any = new(false);
    internal static readonly JsonCodec Object = new(true);

    internal override string TypeName => "type.googleapis.com/google.protobuf." + (objectOnly ? "Struct" : "Value");

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out JsonElement value)
    {
        value = default;
        if (objectOnly && reader.TokenType != JsonTokenType.StartObject)
            return false;
        value = FreeJson.Read(ref reader, context);
        return true;
    }

    internal override void Write(Utf8JsonWriter writer, JsonElement value) => value.WriteTo(writer);
}
