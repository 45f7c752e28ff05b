namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.ClientContent> ClientContent => field ??=
        new MessageType<Protocol.ClientContent>()
            .Messages("turns", static () => Content, static m => m.Turns, static (m, v) => m.Turns = v)
            .Boolean("turnComplete", static m => m.TurnComplete, static (m, v) => m.TurnComplete = v);

    internal static MessageType<Protocol.RealtimeInput> RealtimeInput => field ??=
        new MessageType<Protocol.RealtimeInput>()
            .Message("audio", static () => Blob, static m => m.Audio, static (m, v) => m.Audio = v)
            .Message("video", static () => Blob, static m => m.Video, static (m, v) => m.Video = v)
            .String("text", static m => m.Text, static (m, v) => m.Text = v)
            .Boolean("audioStreamEnd", static m => m.AudioStreamEnd, static (m, v) => m.AudioStreamEnd = v)
            .Empty("activityStart", static m => m.ActivityStart, static (m, v) => m.ActivityStart = v)
            .Empty("activityEnd", static m => m.ActivityEnd, static (m, v) => m.ActivityEnd = v)
            .Messages("mediaChunks", static () => Blob, static m => m.MediaChunks, static (m, v) => m.MediaChunks = v);

    internal static MessageType<Protocol.ToolResponse> ToolResponse => field ??=
        new MessageType<Protocol.ToolResponse>()
            .Messages("functionResponses", static () => FunctionResponse, static m => m.FunctionResponses, static (m, v) => m.FunctionResponses = v);

    internal static MessageType<Protocol.ContextUpdate> ContextUpdate => field ??=
        new MessageType<Protocol.ContextUpdate>()
            .Instruction("systemInstruction", static m => m.SystemInstruction, static (m, v) => m.SystemInstruction = v)
            .Message("tools", static () => ToolList, static m => m.Tools, static (m, v) => m.Tools = v);

    internal static MessageType<Protocol.ToolList> ToolList => field ??=
        new MessageType<Protocol.ToolList>()
            .Messages("tools", static () => Tool, static m => m.Tools, static (m, v) => m.Tools = v);
}
