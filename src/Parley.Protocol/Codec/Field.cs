using System.Text;
using System.Text.Json;

namespace Parley.Protocol.Codec;

/// <summary>One field of a message: both its spellings and the type of its value.</summary>
internal abstract class Field(string jsonName, string? oneOf)
{
    internal string JsonName { get; } = jsonName;

    internal string ProtoName { get; } = SnakeCase.From(jsonName);

    /// <summary>Name of the group of which at most one field may be set.</summary>
    internal string? OneOf { get; } = oneOf;

    internal abstract ValueCodec Codec { get; }

    /// <summary>What a mask path names inside this field, in either spelling; null if the path names something else.</summary>
    internal string? MemberOf(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return dot >= 0 && path[..dot] is var name && (name == JsonName || name == ProtoName) ? path[(dot + 1)..] : null;
    }
}

/// <summary>One field of a message of type <typeparamref name="T"/>: how its value is read and written.</summary>
internal abstract class Field<T>(string jsonName, string? oneOf) : Field(jsonName, oneOf)
{
    private readonly byte[] _jsonNameUtf8 = Encoding.UTF8.GetBytes(jsonName);
    private readonly byte[] _protoNameUtf8 = Encoding.UTF8.GetBytes(SnakeCase.From(jsonName));

    internal JsonEncodedText EncodedName { get; } = JsonEncodedText.Encode(jsonName);

    internal bool IsNamed(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals(_jsonNameUtf8) || reader.ValueTextEquals(_protoNameUtf8);

    internal abstract bool IsSet(T message);

    /// <summary>Reads the current value; false if its type is wrong.</summary>
    internal abstract bool TryRead(ref Utf8JsonReader reader, T message, DecodeContext context);

    internal abstract void Write(Utf8JsonWriter writer, T message);

    /// <summary>Copies the value, or its absence.</summary>
    internal abstract void Copy(T from, T to);

    /// <summary>Copies one member of this field's message; false if the field is not a message or has no such member.</summary>
    internal virtual bool TryCopyMember(T from, T to, string memberName) => false;

    /// <summary>Adds the members of this field's message that are set and not in the mask; false if the field is not a message.</summary>
    internal virtual bool TryAddUnmasked(T message, IReadOnlyList<string> mask, string prefix, List<string> unmasked) => false;
}

/// <summary>A field whose value is read and written by a <see cref="ValueCodec{TValue}"/>.</summary>
internal sealed class Field<T, TValue>(
    string jsonName, string? oneOf, ValueCodec<TValue> codec, Func<T, TValue?> get, Action<T, TValue?> set, Func<TValue?, bool> isSet)
    : Field<T>(jsonName, oneOf)
{
    internal override ValueCodec Codec => codec.Plain;

    internal override bool IsSet(T message) => isSet(get(message));

    internal override bool TryRead(ref Utf8JsonReader reader, T message, DecodeContext context)
    {
        if (!codec.TryRead(ref reader, context, out var value))
            return false;
        set(message, value);
        return true;
    }

    internal override void Write(Utf8JsonWriter writer, T message) => codec.Write(writer, get(message)!);

    internal override void Copy(T from, T to) => set(to, get(from));

    internal override bool TryAddUnmasked(T message, IReadOnlyList<string> mask, string prefix, List<string> unmasked) =>
        codec.TryAddUnmasked(get(message), mask, prefix, unmasked);

    internal override bool TryCopyMember(T from, T to, string memberName)
    {
        var copied = codec.TryCopyMember(get(from), get(to), memberName, out var merged);
        if (copied)
            set(to, merged);
        return copied;
    }
}
