using System.Text.Json;

namespace Parley.Protocol.Codec;

/// <summary>
/// A message as a table of its fields: the only place that defines both spellings, types and rules.
/// Reading and writing every message of the protocol goes through such a table (docs/decisions/0001-field-tables.md).
/// </summary>
internal abstract class MessageType
{
    internal abstract IReadOnlyList<Field> Fields { get; }
}

/// <summary>The table of one message.</summary>
/// <typeparam name="T">The record that holds its values.</typeparam>
internal sealed class MessageType<T> : MessageType
    where T : class, new()
{
    /// <summary>Members already seen are bits of one word while a message is read.</summary>
    private const int MaxFields = 64;

    private readonly List<Field<T>> _fields = [];

    internal override IReadOnlyList<Field> Fields => _fields;

    internal T Read(ref Utf8JsonReader reader, DecodeContext context)
    {
        var message = new T();
        ReadInto(message, ref reader, context);
        return message;
    }

    internal void ReadInto(T message, ref Utf8JsonReader reader, DecodeContext context)
    {
        var seen = 0UL;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var index = IndexOf(ref reader);
            if (index < 0)
            {
                context.ReadUnknown(ref reader);
                continue;
            }
            ReadField(message, index, ref seen, ref reader, context);
        }
    }

    internal void Write(Utf8JsonWriter writer, T message)
    {
        writer.WriteStartObject();
        foreach (var field in _fields)
        {
            if (!field.IsSet(message))
                continue;
            writer.WritePropertyName(field.EncodedName);
            field.Write(writer, message);
        }
        writer.WriteEndObject();
    }

    internal bool HasAny(T message) => _fields.Exists(field => field.IsSet(message));

    /// <summary>Names of the fields that are set.</summary>
    internal IEnumerable<string> SetNames(T message) => _fields.Where(field => field.IsSet(message)).Select(static field => field.JsonName);

    /// <summary>Copies the fields that are set to <paramref name="to"/>.</summary>
    internal void CopySet(T from, T to)
    {
        foreach (var field in _fields)
        {
            if (field.IsSet(from))
                field.Copy(from, to);
        }
    }

    /// <summary>Adds the paths of what is set in <paramref name="message"/> and not named by <paramref name="mask"/>, in snake_case.</summary>
    internal void AddUnmasked(T message, IReadOnlyList<string> mask, string prefix, List<string> unmasked)
    {
        foreach (var field in _fields)
        {
            if (!field.IsSet(message) || mask.Any(path => path == field.JsonName || path == field.ProtoName))
                continue;
            // ["generationConfig.seed"] of generationConfig is ["seed"].
            var inner = mask.Select(path => field.MemberOf(path)).OfType<string>().ToList();
            if (inner.Count == 0 || !field.TryAddUnmasked(message, inner, prefix + field.ProtoName + ".", unmasked))
                unmasked.Add(prefix + field.ProtoName);
        }
    }

    /// <summary>Copies one path of a field mask (either spelling), set or not; false if there is no such field.</summary>
    internal bool TryCopyPath(T from, T to, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 ? path : path[..dot];
        foreach (var field in _fields)
        {
            if (field.JsonName != name && field.ProtoName != name)
                continue;
            if (dot >= 0)
                return field.TryCopyMember(from, to, path[(dot + 1)..]);
            field.Copy(from, to);
            return true;
        }
        return false;
    }

    internal MessageType<T> String(string name, Func<T, string?> get, Action<T, string?> set, string? oneOf = null) =>
        AddClass(name, oneOf, StringCodec.Instance, get, set);

    internal MessageType<T> Boolean(string name, Func<T, bool?> get, Action<T, bool?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, BooleanCodec.Instance, get, set);

    internal MessageType<T> Int32(string name, Func<T, int?> get, Action<T, int?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, Int32Codec.Instance, get, set);

    internal MessageType<T> Int64(string name, Func<T, long?> get, Action<T, long?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, Int64Codec.Instance, get, set);

    internal MessageType<T> Double(string name, Func<T, double?> get, Action<T, double?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, DoubleCodec.Instance, get, set);

    internal MessageType<T> Bytes(string name, Func<T, ReadOnlyMemory<byte>?> get, Action<T, ReadOnlyMemory<byte>?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, BytesCodec.Instance, get, set);

    internal MessageType<T> Duration(string name, Func<T, TimeSpan?> get, Action<T, TimeSpan?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, DurationCodec.Instance, get, set);

    internal MessageType<T> Timestamp(string name, Func<T, DateTimeOffset?> get, Action<T, DateTimeOffset?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, TimestampCodec.Instance, get, set);

    internal MessageType<T> Enum<TEnum>(string name, Func<T, TEnum?> get, Action<T, TEnum?> set, string? oneOf = null)
        where TEnum : struct, IWireEnum<TEnum> => AddStruct(name, oneOf, EnumCodec<TEnum>.Instance, get, set);

    internal MessageType<T> Json(string name, Func<T, JsonElement?> get, Action<T, JsonElement?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, JsonCodec.Any, get, set);

    internal MessageType<T> JsonObject(string name, Func<T, JsonElement?> get, Action<T, JsonElement?> set, string? oneOf = null) =>
        AddStruct(name, oneOf, JsonCodec.Object, get, set);

    internal MessageType<T> Empty(string name, Func<T, Empty?> get, Action<T, Empty?> set, string? oneOf = null) =>
        AddClass(name, oneOf, EmptyCodec.Instance, get, set);

    internal MessageType<T> Message<TMessage>(
        string name, Func<MessageType<TMessage>> type, Func<T, TMessage?> get, Action<T, TMessage?> set, string? oneOf = null)
        where TMessage : class, new() => AddClass(name, oneOf, new MessageCodec<TMessage>(type), get, set);

    internal MessageType<T> Instruction(string name, Func<T, Content?> get, Action<T, Content?> set) =>
        AddClass(name, null, InstructionCodec.Instance, get, set);

    internal MessageType<T> Messages<TMessage>(
        string name, Func<MessageType<TMessage>> type, Func<T, IReadOnlyList<TMessage>?> get, Action<T, IReadOnlyList<TMessage>?> set)
        where TMessage : class, new() => AddClass(name, null, new ListCodec<TMessage>(new MessageCodec<TMessage>(type)), get, set);

    internal MessageType<T> MessageMap<TMessage>(
        string name, Func<MessageType<TMessage>> type, Func<T, IReadOnlyDictionary<string, TMessage>?> get, Action<T, IReadOnlyDictionary<string, TMessage>?> set)
        where TMessage : class, new() => AddClass(name, null, new MapCodec<TMessage>(new MessageCodec<TMessage>(type)), get, set);

    internal MessageType<T> Strings(string name, Func<T, IReadOnlyList<string>?> get, Action<T, IReadOnlyList<string>?> set) =>
        AddClass(name, null, new ListCodec<string>(StringCodec.Instance), get, set);

    internal MessageType<T> Int32s(string name, Func<T, IReadOnlyList<int>?> get, Action<T, IReadOnlyList<int>?> set) =>
        AddClass(name, null, new ListCodec<int>(Int32Codec.Instance), get, set);

    internal MessageType<T> Doubles(string name, Func<T, IReadOnlyList<double>?> get, Action<T, IReadOnlyList<double>?> set) =>
        AddClass(name, null, new ListCodec<double>(DoubleCodec.Instance), get, set);

    internal MessageType<T> Enums<TEnum>(string name, Func<T, IReadOnlyList<TEnum>?> get, Action<T, IReadOnlyList<TEnum>?> set)
        where TEnum : struct, IWireEnum<TEnum> => AddClass(name, null, new ListCodec<TEnum>(EnumCodec<TEnum>.Instance), get, set);

    internal MessageType<T> StringMap(string name, Func<T, IReadOnlyDictionary<string, string>?> get, Action<T, IReadOnlyDictionary<string, string>?> set) =>
        AddClass(name, null, new MapCodec<string>(StringCodec.Instance), get, set);

    /// <summary>Adds every field of another type to this one, on the object that <paramref name="target"/> returns.</summary>
    internal MessageType<T> Flatten<TInner>(MessageType<TInner> inner, Func<T, TInner> target, params ReadOnlySpan<string> except)
        where TInner : class, new()
    {
        foreach (var field in inner._fields)
        {
            if (!except.Contains(field.JsonName))
                Add(new FlattenedField<T, TInner>(field, target));
        }
        return this;
    }

    private MessageType<T> AddClass<TValue>(string name, string? oneOf, ValueCodec<TValue> codec, Func<T, TValue?> get, Action<T, TValue?> set)
        where TValue : class
    {
        return Add(new Field<T, TValue>(name, oneOf, codec, get, set, static value => value is not null));
    }

    private MessageType<T> AddStruct<TValue>(string name, string? oneOf, ValueCodec<TValue> codec, Func<T, TValue?> get, Action<T, TValue?> set)
        where TValue : struct
    {
        return Add(new Field<T, TValue?>(name, oneOf, new NullableCodec<TValue>(codec), get, set, static value => value.HasValue));
    }

    private MessageType<T> Add(Field<T> field)
    {
        if (_fields.Count == MaxFields)
            throw new InvalidOperationException($"{typeof(T).Name} has more than {MaxFields} fields; widen the set of members seen.");
        _fields.Add(field);
        return this;
    }

    private int IndexOf(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < _fields.Count; i++)
        {
            if (_fields[i].IsNamed(ref reader))
                return i;
        }
        return -1;
    }

    // The reader is at the name of the field.
    private void ReadField(T message, int index, ref ulong seen, ref Utf8JsonReader reader, DecodeContext context)
    {
        var start = reader;
        if (!reader.Read() || reader.TokenType == JsonTokenType.Null)
            return;
        var field = _fields[index];
        if (context.Strict)
            CheckOnce(index, seen, context);
        seen |= 1UL << index;

        var depth = context.Depth;
        context.Enter(field.ProtoName);
        if (!field.TryRead(ref reader, message, context))
        {
            if (!context.Strict)
            {
                context.LeaveTo(depth + 1);
                reader = start;
                reader.Read();
                context.KeepAside(ref reader);
            }
            else if (!context.SkipsEnumName(field.Codec, ref reader))
            {
                // A list inside the value has a place of its own; a list in place of the value is named as the sender spelled the field.
                var name = context.Depth == depth + 1 ? start.GetString() : null;
                throw context.InvalidValue(field.Codec, ref reader, name);
            }
        }
        context.Leave();
    }

    private void CheckOnce(int index, ulong seen, DecodeContext context)
    {
        var field = _fields[index];
        if ((seen & (1UL << index)) != 0)
            throw context.AlreadySet(field.ProtoName, field.JsonName);
        if (field.OneOf is null || seen == 0)
            return;
        for (var i = 0; i < _fields.Count; i++)
        {
            if ((seen & (1UL << i)) != 0 && _fields[i].OneOf == field.OneOf)
                throw context.AlreadySet(field.OneOf, field.JsonName);
        }
    }
}

/// <summary>A codec of values that may be absent.</summary>
internal sealed class NullableCodec<TValue>(ValueCodec<TValue> inner) : ValueCodec<TValue?>
    where TValue : struct
{
    internal override string TypeName => inner.TypeName;

    internal override ValueCodec Plain => inner;

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out TValue? value)
    {
        var read = inner.TryRead(ref reader, context, out var plain);
        value = plain;
        return read;
    }

    internal override void Write(Utf8JsonWriter writer, TValue? value) => inner.Write(writer, value!.Value);
}

/// <summary>A field of a nested message, presented as a field of the outer one.</summary>
internal sealed class FlattenedField<T, TInner>(Field<TInner> inner, Func<T, TInner> target) : Field<T>(inner.JsonName, inner.OneOf)
{
    internal override ValueCodec Codec => inner.Codec;

    internal override bool IsSet(T message) => inner.IsSet(target(message));

    internal override bool TryRead(ref Utf8JsonReader reader, T message, DecodeContext context) =>
        inner.TryRead(ref reader, target(message), context);

    internal override void Write(Utf8JsonWriter writer, T message) => inner.Write(writer, target(message));

    internal override void Copy(T from, T to) => inner.Copy(target(from), target(to));
}
