using Microsoft.Extensions.AI;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Rules;

/// <summary>
/// The newest part of a conversation: what was said since the assistant last spoke, the function results that came
/// last, and a bounded look further back. It reads from the end only; what lies beyond is never touched.
/// </summary>
internal sealed class ConversationTail
{
    /// <summary>How far recall, pictures and the names of called functions are looked for; about a hundred turns.</summary>
    private const int MaxLookBack = 200;

    /// <summary>More unanswered text than this is not read; a function's arguments fit in well.</summary>
    private const int MaxHeardLength = 1_000_000;

    private static readonly DataContent Unreadable = new(ReadOnlyMemory<byte>.Empty, "image/unknown");

    private readonly IReadOnlyList<ChatMessage> messages;
    private readonly int boundary;

    public ConversationTail(IEnumerable<ChatMessage> source)
    {
        messages = source as IReadOnlyList<ChatMessage> ?? (source is IList<ChatMessage> list ? new ListView(list) : [.. source]);
        boundary = messages.Count - 1;
        while (boundary >= 0 && messages.Count - boundary <= MaxLookBack && messages[boundary].Role != ChatRole.Assistant)
        {
            boundary--;
        }

        var fresh = Enumerable.Range(boundary + 1, messages.Count - boundary - 1).Select(i => messages[i]).ToArray();
        var resultsFrom = fresh.Length;
        while (resultsFrom > 0 && fresh[resultsFrom - 1].Contents.Any(content => content is FunctionResultContent))
        {
            resultsFrom--;
        }

        Results = [.. fresh[resultsFrom..].SelectMany(message => message.Contents).OfType<FunctionResultContent>()];

        // A result whose call is no longer in the history may answer the very request that stands before it.
        var answered = Results.Any(result => FindCall(result.CallId) is null);
        Heard = new Utterance(JoinText(fresh.Skip(answered ? resultsFrom : 0)));
    }

    public int Count => messages.Count;

    /// <summary>All text since the last assistant message, parts and messages joined by line breaks.</summary>
    public Utterance Heard { get; }

    /// <summary>Function results, when they are the newest thing in the conversation.</summary>
    public IReadOnlyList<FunctionResultContent> Results { get; }

    /// <summary>Whether a picture came with what was just said.</summary>
    public bool HasFreshImage =>
        Backwards(messages.Count - 1).TakeWhile(message => message.Role != ChatRole.Assistant).Any(message => ImagesOf(message).Any());

    public bool AssistantHasSpoken => boundary >= 0;

    /// <summary>Whether recall reaches the start of the conversation.</summary>
    public bool ReachesStart => messages.Count <= MaxLookBack;

    /// <summary>A system message at the very start, where clients put instructions that are not options.</summary>
    public string? LeadingInstruction =>
        messages.Count > 0 && messages[0].Role == ChatRole.System ? messages[0].Text : null;

    public string LastAnswer =>
        Backwards(boundary).Where(message => message.Role == ChatRole.Assistant && message.Text.Length > 0)
            .Select(message => Utterance.Clean(message.Text)).FirstOrDefault() ?? "";

    /// <summary>What the user said in the turn before the last assistant message.</summary>
    public string PreviousRequest =>
        JoinText(Backwards(boundary).SkipWhile(message => message.Role == ChatRole.Assistant)
            .TakeWhile(message => message.Role != ChatRole.Assistant).Reverse());

    /// <summary>Earlier user texts, newest first, as far back as recall goes.</summary>
    public IEnumerable<string> EarlierTexts() =>
        Backwards(boundary).Where(message => message.Role == ChatRole.User).Select(TextOf).Where(text => text.Length > 0);

    public DataContent? LastImage() => LastImages(1) is [var image] ? image : null;

    /// <summary>The newest pictures, the newest first: a picture and the one before it, unless another number is wanted.</summary>
    public IReadOnlyList<DataContent> LastImages(int count = 2) => [.. Backwards(messages.Count - 1).SelectMany(ImagesOf).Take(count)];

    public FunctionCallContent? FindCall(string callId) =>
        Backwards(messages.Count - 1).SelectMany(message => message.Contents).OfType<FunctionCallContent>()
            .FirstOrDefault(call => call.CallId == callId);

    private IEnumerable<ChatMessage> Backwards(int from)
    {
        for (var i = from; i >= 0 && messages.Count - i <= MaxLookBack; i--)
        {
            yield return messages[i];
        }
    }

    private static string JoinText(IEnumerable<ChatMessage> messages)
    {
        var text = string.Join('\n', messages.Where(message => message.Role == ChatRole.User).Select(TextOf).Where(part => part.Length > 0));
        return text.Length > MaxHeardLength ? text[..MaxHeardLength] : text;
    }

    private static string TextOf(ChatMessage message) =>
        string.Join('\n', message.Contents.OfType<TextContent>().Where(content => !Pictures.IsUnreadableNote(content)).Select(content => content.Text).Where(text => !string.IsNullOrWhiteSpace(text)));

    private static IEnumerable<DataContent> ImagesOf(ChatMessage message) =>
        message.Contents.Select(content => content is DataContent data && data.HasTopLevelMediaType("image") ? data : Pictures.IsUnreadableNote(content) ? Unreadable : null)
            .OfType<DataContent>().Reverse();

    private sealed class ListView(IList<ChatMessage> list) : IReadOnlyList<ChatMessage>
    {
        public int Count => list.Count;

        public ChatMessage this[int index] => list[index];

        public IEnumerator<ChatMessage> GetEnumerator() => list.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
