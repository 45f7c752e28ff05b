using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Parley.Cascade.Agents.Conversations;

/// <summary>Tells whether a message is the same as one that the agent was given.</summary>
internal static class MessagePrint
{
    public static string Of(ChatMessage message) => string.Join('\n', message.Contents.Select(Of).Prepend(message.Role.Value));

    /// <summary>Text without white space: the cascade joins sentences in its own way.</summary>
    public static string Words(string text) => string.Concat(text.Where(static character => !char.IsWhiteSpace(character)));

    private static string Of(AIContent content) => content switch
    {
        TextContent text => "text " + text.Text,
        FunctionCallContent call => $"call {call.CallId} {call.Name} {Json(call.Arguments)}",
        FunctionResultContent result => $"result {result.CallId} {Json(result.Result)}",
        DataContent data => $"data {data.MediaType} {data.Data.Length} {HashOf(data.Data.Span)}",
        _ => content.GetType().Name,
    };

    private static int HashOf(ReadOnlySpan<byte> data)
    {
        var hash = new HashCode();
        hash.AddBytes(data);
        return hash.ToHashCode();
    }

    private static string Json(object? value) => JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)));
}
