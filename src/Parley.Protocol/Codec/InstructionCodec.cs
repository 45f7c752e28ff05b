using System.Text.Json;

namespace Parley.Protocol.Codec;

/// <summary>A system instruction: content, or in the guide's form a string that is its only part (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#34-systeminstruction-content-or-string">protocol 3.4</see>).</summary>
internal sealed class InstructionCodec : ValueCodec<Content>
{
    internal static readonly InstructionCodec Instance = new();

    private readonly MessageCodec<Content> _content = new(static () => WireTypes.Content);

    internal override string TypeName => _content.TypeName;

    internal override MessageType? Message => _content.Message;

    internal override bool TryRead(ref Utf8JsonReader reader, DecodeContext context, out Content value)
    {
        if (!context.Compatible || reader.TokenType != JsonTokenType.String)
            return _content.TryRead(ref reader, context, out value);
        value = new Content { Parts = [new Part { Text = reader.GetString() }] };
        return true;
    }

    internal override void Write(Utf8JsonWriter writer, Content value) => _content.Write(writer, value);

    internal override bool TryCopyMember(Content? from, Content? to, string memberName, out Content? merged) =>
        _content.TryCopyMember(from, to, memberName, out merged);

    internal override bool TryAddUnmasked(Content? value, IReadOnlyList<string> mask, string prefix, List<string> unmasked) =>
        _content.TryAddUnmasked(value, mask, prefix, unmasked);
}
