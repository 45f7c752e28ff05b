using System.Collections;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Cascade.Answering;

/// <summary>
/// The conversation history as chat messages, converted only when they are read: a chat model that reads the last few messages of a long
/// conversation causes only those to be converted.
/// </summary>
internal sealed class ChatHistory(IReadOnlyList<Content> history) : IReadOnlyList<ChatMessage>
{
    private static readonly JsonElement Running = JsonElement.Parse("""{"status":"running"}""");

    public int Count => history.Count;

    public ChatMessage this[int index] => ToMessage(history[index]);

    public IEnumerator<ChatMessage> GetEnumerator()
    {
        for (var i = 0; i < history.Count; i++)
            yield return ToMessage(history[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// Converts a history. If function results may come late, every call is answered directly after it, as chat models require.
    /// </summary>
    /// <param name="history">The conversation so far.</param>
    /// <param name="mayAnswerLate">Whether results of function calls may come late.</param>
    internal static IReadOnlyList<ChatMessage> Of(IReadOnlyList<Content> history, bool mayAnswerLate) =>
        mayAnswerLate ? WithCallsAnswered(history) : new ChatHistory(history);

    internal static JsonElement? ToJson(IDictionary<string, object?>? arguments) =>
        arguments is null
            ? null
            : JsonSerializer.SerializeToElement(arguments, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));

    private static List<ChatMessage> WithCallsAnswered(IReadOnlyList<Content> history)
    {
        var messages = new List<ChatMessage>(history.Count + 4);
        for (var i = 0; i < history.Count; i++)
        {
            var answeredHere = i > 0 ? CallIds(history[i - 1]) : [];
            foreach (var late in Responses(history[i]).Where(response => !answeredHere.Contains(response.Id ?? "")))
                messages.Add(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent(LateId(late), late.Name ?? "")]));
            messages.Add(ToMessage(history[i], answeredHere));

            var answeredNext = i + 1 < history.Count ? Responses(history[i + 1]).Select(response => response.Id ?? "").ToHashSet() : [];
            foreach (var id in CallIds(history[i]).Where(id => !answeredNext.Contains(id)))
                messages.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id, Running)]));
        }
        return messages;
    }

    private static ChatMessage ToMessage(Content content, HashSet<string>? answeredHere = null)
    {
        var contents = new List<AIContent>();
        var isToolAnswer = false;
        foreach (var part in content.Parts ?? [])
        {
            if (part.Thought is true)
                continue;
            if (part.Text is { } text)
            {
                contents.Add(new TextContent(text));
            }
            else if (part.InlineData is { Data: { } data } blob)
            {
                contents.Add(ToContent(blob, data));
            }
            else if (part.FunctionCall is { } call)
            {
                contents.Add(new FunctionCallContent(call.Id ?? call.Name ?? "", call.Name ?? "", ToArguments(call.Args)));
            }
            else if (part.FunctionResponse is { } response)
            {
                var late = answeredHere is not null && !answeredHere.Contains(response.Id ?? "");
                contents.Add(new FunctionResultContent(late ? LateId(response) : response.Id ?? response.Name ?? "", response.Response));
                isToolAnswer = true;
            }
        }
        var role = isToolAnswer ? ChatRole.Tool : content.Role == "model" ? ChatRole.Assistant : ChatRole.User;
        return new ChatMessage(role, contents);
    }

    private static AIContent ToContent(Blob blob, ReadOnlyMemory<byte> data)
    {
        if (!PictureCheck.IsPicture(blob))
            return new DataContent(data, new MediaType(blob.MimeType).ToString() is { Length: > 0 } type ? type : "application/octet-stream");
        return PictureCheck.TypeOf(blob) is { } picture ? new DataContent(data, picture) : PictureCheck.UnreadablePictureNote();
    }

    private static Dictionary<string, object?>? ToArguments(JsonElement? arguments) =>
        arguments is { ValueKind: JsonValueKind.Object } json
            ? json.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value)
            : null;

    private static HashSet<string> CallIds(Content content) =>
        [.. (content.Parts ?? []).Where(part => part.FunctionCall is not null).Select(part => part.FunctionCall!.Id ?? "")];

    private static IEnumerable<FunctionResponse> Responses(Content content) =>
        (content.Parts ?? []).Where(part => part.FunctionResponse is not null).Select(part => part.FunctionResponse!);

    // A result far from its call gets a call of its own before it.
    private static string LateId(FunctionResponse response) =>
        $"{response.Id}-result-{(uint)(response.Response?.GetRawText().GetHashCode(StringComparison.Ordinal) ?? 0)}";
}
