using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Client.Tests.Scripted;

namespace Parley.Extensions.AI.Tests;

internal static class Conversing
{
    /// <summary>A client without resumption: its sessions end with their connection.</summary>
    internal static IRealtimeClient Realtime(this ScriptedLiveServer server) =>
        server.Client(static options => options.Resumption = new ResumptionOptions { Enabled = false }).AsRealtimeClient("gemini-test");

    internal static Task<IRealtimeClientSession> OpenAsync(this IRealtimeClient client, RealtimeSessionOptions? options = null) =>
        Expect.WithinAsync(client.CreateSessionAsync(options), "the session opens");

    /// <summary>All messages up to and including the first that matches.</summary>
    internal static async Task<List<RealtimeServerMessage>> ReadUntilAsync(this IRealtimeClientSession session, Func<RealtimeServerMessage, bool> isLast)
    {
        var read = new List<RealtimeServerMessage>();
        await Expect.WithinAsync(ReadAsync(), "a certain message of the server");
        return read;

        async Task ReadAsync()
        {
            await foreach (var message in session.GetStreamingResponseAsync())
            {
                read.Add(message);
                if (isLast(message))
                    return;
            }
        }
    }

    internal static Task<List<RealtimeServerMessage>> ReadResponseAsync(this IRealtimeClientSession session) =>
        session.ReadUntilAsync(static message => message.Type == RealtimeServerMessageType.ResponseDone);

    internal static Task<List<RealtimeServerMessage>> ReadToEndAsync(this IRealtimeClientSession session) =>
        session.ReadUntilAsync(static message => message.Type == LiveMessageTypes.SessionEnded);

    internal static Task SendAsync(this IRealtimeClientSession session, params RealtimeClientMessage[] messages) =>
        Expect.WithinAsync(SendAllAsync(session, messages), "the messages are sent");

    internal static CreateConversationItemRealtimeClientMessage Says(string text, ChatRole? role = null) =>
        new(new RealtimeConversationItem([new TextContent(text)], role: role ?? ChatRole.User));

    internal static CreateConversationItemRealtimeClientMessage Answers(string callId, object? result) =>
        new(new RealtimeConversationItem([new FunctionResultContent(callId, result)]));

    internal static InputAudioBufferAppendRealtimeClientMessage Sound(byte[] pcm, string mediaType = "audio/pcm") => new(new DataContent(pcm, mediaType));

    internal static string ToolCall(string id, string name, string args = "{}") =>
        $$$"""{"toolCall":{"functionCalls":[{"id":"{{{id}}}","name":"{{{name}}}","args":{{{args}}}}]}}""";

    internal static string Kinds(this IEnumerable<RealtimeServerMessage> messages) => string.Join(' ', messages.Select(message => message.Type.Value));

    private static async Task SendAllAsync(IRealtimeClientSession session, RealtimeClientMessage[] messages)
    {
        foreach (var message in messages)
            await session.SendAsync(message);
    }
}
