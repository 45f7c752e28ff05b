using System.Text.Json;

namespace Parley.Protocol.Codec;

/// <summary>Describes what a codec reads and writes, for code that walks the tables.</summary>
internal abstract class ValueCodec
{
    /// <summary>Name of the type in the service's errors.</summary>
    internal abstract string TypeName { get; }

    /// <summary>The codec itself, without the layer that allows absence.</summary>
    internal virtual ValueCodec Plain => this;

    /// <summary>Codec of the elements, if this is a list or map.</summary>
    internal virtual ValueCodec? Element => null;

    /// <summary>Whether this is a map with strings as keys.</summary>
    internal virtual bool IsMap => false;

    /// <summary>The message type, if this is a message.</summary>
    internal virtual MessageType? Message => null;

    /// <summary>The known names, if this is an enum.</summary>
    internal virtual IReadOnlyList<string>? Names => null;
}

/// <summary>Reads and writes values of one type as proto3 JSON (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#22-json-is-proto3-json">protocol 2.2</see>).</summary>
internal abstract class ValueCodec<TValue> : ValueCodec
{
    /// <summary>Reads the current value; false if it is of another type. In strict mode, errors inside it throw.</summary>
    internal abstract bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out TValue value);

    internal abstract void Write(Utf8JsonWriter writer, TValue value);

    internal virtual bool TryCopyMember(TValue? from, TValue? to, string memberName, out TValue? merged)
    {
        merged = default;
        return false;
    }

    internal virtual bool TryAddUnmasked(TValue? value, IReadOnlyList<string> mask, string prefix, List<string> unmasked) => false;
}

internal sealed class MessageCodec<TMessage>(Func<MessageType<TMessage>> type) : ValueCodec<TMessage>
    where TMessage : class, new()
{
    internal override string TypeName => "type.googleapis.com/" + typeof(TMessage).Name;

    internal override MessageType? Message => type();

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out TMessage value)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            value = null!;
            return false;
        }
        value = type().Read(ref reader, context);
        return true;
    }

    internal override void Write(Utf8JsonWriter writer, TMessage value) => type().Write(writer, value);

    internal override bool TryCopyMember(TMessage? from, TMessage? to, string memberName, out TMessage? merged)
    {
        var target = to ?? new TMessage();
        var copied = type().TryCopyPath(from ?? new TMessage(), target, memberName);
        // If both are absent the target stays absent: an empty message would mean something else.
        merged = from is null && to is null ? null : target;
        return copied;
    }

    internal override bool TryAddUnmasked(TMessage? value, IReadOnlyList<string> mask, string prefix, List<string> unmasked)
    {
        if (value is not null)
            type().AddUnmasked(value, mask, prefix, unmasked);
        return true;
    }
}

/// <summary>A list, or as the service accepts it, a single value in place of a list of one.</summary>
internal sealed class ListCodec<TItem>(ValueCodec<TItem> item) : ValueCodec<IReadOnlyList<TItem>>
{
    internal override string TypeName => item.TypeName;

    internal override ValueCodec? Element => item;

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out IReadOnlyList<TItem> value)
    {
        var list = new List<TItem>();
        var index = 0;
        value = list;
        if (reader.TokenType != JsonTokenType.StartArray)
            return TryReadSingle(ref reader, context, list);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            context.Enter(index++);
            context.CountElement();
            if (ElementReader.TryRead(item, ref reader, context, out var element))
                list.Add(element);
            else if (context.Strict && !context.SkipsEnumName(item, ref reader))
                return false;
            context.Leave();
        }
        return true;
    }

    // The service gives a single value no index in its paths.
    private bool TryReadSingle(ref Utf8JsonReader reader, DecodeContext context, List<TItem> list)
    {
        context.CountElement();
        if (!item.TryRead(ref reader, context, out var element))
            return false;
        list.Add(element);
        return true;
    }

    internal override void Write(Utf8JsonWriter writer, IReadOnlyList<TItem> value)
    {
        writer.WriteStartArray();
        foreach (var element in value)
            item.Write(writer, element);
        writer.WriteEndArray();
    }
}

/// <summary>Reads one element of a list or map; a client keeps one of another type aside and the others in place.</summary>
internal static class ElementReader
{
    internal static bool TryRead<TItem>(ValueCodec<TItem> item, ref Utf8JsonReader reader, DecodeContext context, out TItem value)
    {
        var depth = context.Depth;
        var start = reader;
        if (item.TryRead(ref reader, context, out value))
            return true;
        if (context.Strict)
            return false;
        context.LeaveTo(depth);
        reader = start;
        context.KeepAside(ref reader);
        return false;
    }
}

internal sealed class MapCodec<TItem>(ValueCodec<TItem> item) : ValueCodec<IReadOnlyDictionary<string, TItem>>
{
    internal override string TypeName => item.TypeName;

    internal override bool IsMap => true;

    internal override ValueCodec? Element => item;

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out IReadOnlyDictionary<string, TItem> value)
    {
        var map = new Dictionary<string, TItem>();
        var index = 0;
        value = map;
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            // The service names members of a map by position: labels[0].value.
            context.Enter(index++);
            context.Enter("value");
            context.CountElement();
            if (ElementReader.TryRead(item, ref reader, context, out var element))
                map[key] = element;
            else if (context.Strict && !context.SkipsEnumName(item, ref reader))
                return false;
            context.Leave();
            context.Leave();
        }
        return true;
    }

    internal override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, TItem> value)
    {
        writer.WriteStartObject();
        foreach (var (key, element) in value)
        {
            writer.WritePropertyName(key);
            item.Write(writer, element);
        }
        writer.WriteEndObject();
    }
}
