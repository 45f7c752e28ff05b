using System.Buffers;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Calls;

/// <summary>
/// Writes what a call adds into the client's setup message and leaves the rest as it was sent: members that this server does not know, their order, numbers and
/// spaces.
/// </summary>
internal static class SetupEdit
{
    /// <summary>The message with the changed members of its setup.</summary>
    /// <param name="message">The client's message.</param>
    /// <param name="before">Its setup.</param>
    /// <param name="after">The setup with the additions.</param>
    internal static byte[] Apply(ReadOnlySpan<byte> message, Setup before, Setup after)
    {
        var place = Place.Find(message);
        List<(Range At, byte[] Text)> edits = [];
        if (!ReferenceEquals(before.Tools, after.Tools))
            edits.Add(ToolsEdit(message, place, before.Tools, after.Tools!));
        if (!ReferenceEquals(before.SystemInstruction, after.SystemInstruction))
            edits.Add(MemberEdit(place, place.Instruction, "systemInstruction", MemberOf(new Setup { SystemInstruction = after.SystemInstruction })));

        var edited = new ArrayBufferWriter<byte>(message.Length + edits.Sum(static edit => edit.Text.Length));
        var written = 0;
        foreach (var (at, text) in edits.OrderBy(static edit => edit.At.Start.Value))
        {
            edited.Write(message[written..at.Start]);
            edited.Write(text);
            written = at.End.Value;
        }
        edited.Write(message[written..]);
        return edited.WrittenSpan.ToArray();
    }

    // The last tool has the functions of the server. If the others are as they were, it is added behind them.
    private static (Range At, byte[] Text) ToolsEdit(ReadOnlySpan<byte> message, Place place, IReadOnlyList<Tool>? before, IReadOnlyList<Tool> after)
    {
        if (place.Tools is { } tools && message[tools] is [(byte)'[', .., (byte)']'] && before is { Count: > 0 } && after.Count == before.Count + 1
            && before.Zip(after).All(static pair => ReferenceEquals(pair.First, pair.Second)))
        {
            var end = tools.End.Value - 1;
            var added = MemberOf(new Setup { Tools = [after[^1]] });
            return (end..end, [(byte)',', .. added.AsSpan(1, added.Length - 2)]);
        }
        return MemberEdit(place, place.Tools, "tools", MemberOf(new Setup { Tools = after }));
    }

    private static (Range At, byte[] Text) MemberEdit(Place place, Range? member, string name, byte[] value) => member is { } at
        ? (at, value)
        : (place.Inside..place.Inside, [(byte)'"', .. System.Text.Encoding.UTF8.GetBytes(name), (byte)'"', (byte)':', .. value, .. place.IsEmpty ? [] : ","u8.ToArray()]);

    /// <summary>The value of the only member of a setup.</summary>
    private static byte[] MemberOf(Setup setup)
    {
        var output = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(new LiveSessionRequest { Setup = setup }, output);
        var reader = new Utf8JsonReader(output.WrittenSpan);
        for (var depth = 0; depth < 2; depth++)
        {
            reader.Read();
            reader.Read();
        }
        return JsonRange.Value(output.WrittenSpan, ref reader).ToArray();
    }

    /// <summary>Where the members are in the message.</summary>
    private sealed record Place(int Inside, bool IsEmpty, Range? Tools, Range? Instruction)
    {
        internal static Place Find(ReadOnlySpan<byte> message)
        {
            var reader = new Utf8JsonReader(message);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSetup = reader.ValueTextEquals("setup"u8);
                reader.Read();
                if (isSetup && reader.TokenType == JsonTokenType.StartObject)
                    return FindInside(ref reader);
                reader.Skip();
            }
            throw new LiveCloseException(LiveClose.SetupFirst);
        }

        private static Place FindInside(ref Utf8JsonReader reader)
        {
            var inside = (int)reader.BytesConsumed;
            var isEmpty = true;
            Range? tools = null, instruction = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                var isTools = reader.ValueTextEquals("tools"u8);
                var isInstruction = reader.ValueTextEquals("systemInstruction"u8) || reader.ValueTextEquals("system_instruction"u8);
                var range = JsonRange.Of(ref reader);
                tools = isTools ? range : tools;
                instruction = isInstruction ? range : instruction;
            }
            return new Place(inside, isEmpty, tools, instruction);
        }
    }
}
