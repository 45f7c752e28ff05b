using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server.Relay;
using Parley.Server.Wire;

namespace Parley.Server.Calls;

/// <summary>
/// Writes what a call adds into the client's setup message and leaves the rest as it was sent: members that this server does not know, their order, numbers and
/// spaces.
/// </summary>
internal static class SetupEdit
{
    private const string Tools = "tools", Instruction = "systemInstruction", Input = "inputAudioTranscription", Output = "outputAudioTranscription";

    // As they are spelled in Python.
    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["system_instruction"] = Instruction,
        ["input_audio_transcription"] = Input,
        ["output_audio_transcription"] = Output,
    };

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
            edits.Add(place.Edit(Instruction, MemberOf(new Setup { SystemInstruction = after.SystemInstruction })));
        if (!ReferenceEquals(before.InputAudioTranscription, after.InputAudioTranscription))
            edits.Add(place.Edit(Input, MemberOf(new Setup { InputAudioTranscription = after.InputAudioTranscription })));
        if (!ReferenceEquals(before.OutputAudioTranscription, after.OutputAudioTranscription))
            edits.Add(place.Edit(Output, MemberOf(new Setup { OutputAudioTranscription = after.OutputAudioTranscription })));

        // A comma follows each member that was inserted.
        if (place.IsEmpty && edits.Count > 0)
            edits[^1] = (edits[^1].At, edits[^1].Text[..^1]);

        var edited = new ArrayBufferWriter<byte>(message.Length + edits.Sum(static edit => edit.Text.Length));
        var written = 0;
        // The order of those that stand at the same place is kept.
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
        if (place.Members.TryGetValue(Tools, out var tools) && message[tools] is [(byte)'[', .., (byte)']'] && before is { Count: > 0 } && after.Count == before.Count + 1
            && before.Zip(after).All(static pair => ReferenceEquals(pair.First, pair.Second)))
        {
            var end = tools.End.Value - 1;
            var added = MemberOf(new Setup { Tools = [after[^1]] });
            return (end..end, [(byte)',', .. added.AsSpan(1, added.Length - 2)]);
        }
        return place.Edit(Tools, MemberOf(new Setup { Tools = after }));
    }

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
    /// <param name="Inside">Behind the bracket that opens the setup.</param>
    /// <param name="IsEmpty">The setup has no member.</param>
    /// <param name="Members">The values of those that may be changed.</param>
    private sealed record Place(int Inside, bool IsEmpty, Dictionary<string, Range> Members)
    {
        internal static Place Find(ReadOnlySpan<byte> message)
        {
            var reader = RelayedSetup.Enter(message);
            return FindInside(ref reader);
        }

        internal (Range At, byte[] Text) Edit(string name, byte[] value)
        {
            if (Members.TryGetValue(name, out var member))
                return (member, value);
            return (Inside..Inside, [.. Encoding.UTF8.GetBytes($"\"{name}\":"), .. value, (byte)',']);
        }

        private static Place FindInside(ref Utf8JsonReader reader)
        {
            var inside = (int)reader.BytesConsumed;
            var isEmpty = true;
            Dictionary<string, Range> members = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                var name = reader.GetString()!;
                name = OtherNames.GetValueOrDefault(name, name);
                var range = JsonRange.Of(ref reader);
                if (name is Tools or Instruction or Input or Output)
                    members[name] = range;
            }
            return new Place(inside, isEmpty, members);
        }
    }
}
