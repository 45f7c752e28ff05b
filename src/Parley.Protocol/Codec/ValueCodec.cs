using System.Text.Json;

namespace Parley.Protocol.Codec;

/// <summary>Reads and writes values of one type as proto3 JSON (reference section 2.2).</summary>
internal abstract class ValueCodec<TValue>
{
    internal abstract string TypeName { get; }

    /// <summary>Reads the value the reader stands on; false where it is of another type. Errors inside it throw in strict mode.</summary>
    internal abstract bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out TValue value);

    internal abstract void Write(Utf8JsonWriter writer, TValue value);

    internal virtual bool TryCopyMember(TValue? from, TValue? to, string memberName, out TValue? merged)
    {
        merged = default;
        return false;
    }
}

internal sealed class MessageCodec<TMessage>(Func<MessageType<TMessage>> type) : ValueCodec<TMessage>
    where TMessage : class, new()
{
    internal override string TypeName => "type.googleapis.com/" + typeof(TMessage).Name;

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out TMessage value)
    {
        if (context.Compatible && reader.TokenType == JsonTokenType.String && typeof(TMessage) == typeof(Content))
        {
            value = (TMessage)(object)new Content { Parts = [new Part { Text = reader.GetString() }] };
            return true;
        }
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
        merged = to ?? new TMessage();
        if (!type().TryCopyPath(from ?? new TMessage(), merged, memberName))
            return false;
        return true;
    }
}

internal sealed class ListCodec<TItem>(ValueCodec<TItem> item) : ValueCodec<IReadOnlyList<TItem>>
{
    internal override string TypeName => item.TypeName;

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out IReadOnlyList<TItem> value)
    {
        var list = new List<TItem>();
        value = list;
        if (reader.TokenType != JsonTokenType.StartArray)
            return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            context.Enter(list.Count);
            if (!item.TryRead(ref reader, context, out var element))
                return false;
            context.Leave();
            list.Add(element);
        }
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

internal sealed class MapCodec<TItem>(ValueCodec<TItem> item) : ValueCodec<IReadOnlyDictionary<string, TItem>>
{
    internal override string TypeName => item.TypeName;

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out IReadOnlyDictionary<string, TItem> value)
    {
        var map = new Dictionary<string, TItem>();
        value = map;
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            reader.Read();
            context.Enter(key);
            if (!item.TryRead(ref reader, context, out var element))
                return false;
            context.Leave();
            map[key] = element;
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
