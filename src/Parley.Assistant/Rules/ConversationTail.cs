using Microsoft.Extensions.AI;
using Parley.Cascade.Answering;

namespace Parley.Assistant.Rules;

/// <summary>
/// The newest part of a conversation: what was said since the assistant last spoke, the newest function results, and a limited number of
/// earlier messages. Messages are read from the end only; older ones are never read.
/// </summary>
internal sealed class ConversationTail
{
    /// <summary>Most messages searched for recall, images and the names of called functions; about a hundred turns.</summary>
    private const int MaxLookBack = 200;

    /// <summary>Most characters of unanswered text that are read; enough for the arguments of a function.</summary>
    private const int MaxHeardLength = 1_000_000;

    private static readonly DataContent Unreadable = new(ReadOnlyMemory<byte>.Empty, "image/unknown");

    private readonly IReadOnlyList<ChatMessage> _messages;
    private readonly int _boundary;

    public ConversationTail(IEnumerable<ChatMessage> source)
    {
        _messages = source as IReadOnlyList<ChatMessage> ?? (source is IList<ChatMessage> list ? new ListView(list) : [.. source]);
        _boundary = _messages.Count - 1;
        while (_boundary >= 0 && _messages.Count - _boundary <= MaxLookBack && _messages[_boundary].Role != ChatRole.Assistant)
            _boundary--;
        var fresh = Enumerable.Range(_boundary + 1, _messages.Count - _boundary - 1).Select(i => _messages[i]).ToArray();
        var resultsFrom = fresh.Length;
        while (resultsFrom > 0 && fresh[resultsFrom - 1].Contents.Any(content => content is FunctionResultContent))
            resultsFrom--;
        Results = [.. fresh[resultsFrom..].SelectMany(message => message.Contents).OfType<FunctionResultContent>()];

        // A result whose call is no longer in the history may belong to the request before it.
        var answered = Results.Any(result => FindCall(result.CallId) is null);
        Heard = new Utterance(JoinText(fresh.Skip(answered ? resultsFrom : 0)));
    }

    public int Count => _messages.Count;

    /// <summary>All text since the last assistant message, parts and messages joined by line breaks.</summary>
    public Utterance Heard { get; }

    /// <summary>Function results, if they are the newest messages.</summary>
    public IReadOnlyList<FunctionResultContent> Results { get; }

    /// <summary>Whether an image came with what was just said.</summary>
    public bool HasFreshImage =>
        Backwards(_messages.Count - 1).TakeWhile(message => message.Role != ChatRole.Assistant).Any(message => ImagesOf(message).Any());

    public bool AssistantHasSpoken => _boundary >= 0;

    /// <summary>Whether recall reaches the start of the conversation.</summary>
    public bool ReachesStart => _messages.Count <= MaxLookBack;

    /// <summary>A system message at the start; some clients put their instruction there.</summary>
    public string? LeadingInstruction =>
        _messages.Count > 0 && _messages[0].Role == ChatRole.System ? _messages[0].Text : null;

    public string LastAnswer =>
        Backwards(_boundary).Where(message => message.Role == ChatRole.Assistant && message.Text.Length > 0)
            .Select(message => Utterance.Clean(message.Text)).FirstOrDefault() ?? "";

    /// <summary>What the user said in the turn before the last assistant message.</summary>
    public string PreviousRequest =>
        JoinText(Backwards(_boundary).SkipWhile(message => message.Role == ChatRole.Assistant)
            .TakeWhile(message => message.Role != ChatRole.Assistant).Reverse());

    /// <summary>The newest request of the user, answered or not.</summary>
    public Utterance AskedFor =>
        new(Backwards(_messages.Count - 1).Where(message => message.Role == ChatRole.User).Select(TextOf).FirstOrDefault(text => text.Length > 0) ?? "");

    /// <summary>Earlier user texts, newest first, as far back as recall goes.</summary>
    public IEnumerable<string> EarlierTexts() =>
        Backwards(_boundary).Where(message => message.Role == ChatRole.User).Select(TextOf).Where(text => text.Length > 0);

    public DataContent? LastImage() => LastImages(1) is [var image] ? image : null;

    /// <summary>The newest images, newest first; by default the last and the one before it.</summary>
    public IReadOnlyList<DataContent> LastImages(int count = 2) => [.. Backwards(_messages.Count - 1).SelectMany(ImagesOf).Take(count)];

    public FunctionCallContent? FindCall(string callId) =>
        Backwards(_messages.Count - 1).SelectMany(message => message.Contents).OfType<FunctionCallContent>()
            .FirstOrDefault(call => call.CallId == callId);

    private IEnumerable<ChatMessage> Backwards(int from)
    {
        for (var i = from; i >= 0 && _messages.Count - i <= MaxLookBack; i--)
            yield return _messages[i];
    }

    private static string JoinText(IEnumerable<ChatMessage> messages)
    {
        var text = string.Join(
            '\n', messages.Where(message => message.Role == ChatRole.User).Select(TextOf).Where(part => part.Length > 0));
        return text.Length > MaxHeardLength ? text[..MaxHeardLength] : text;
    }

    private static string TextOf(ChatMessage message) =>
        string.Join('\n', message.Contents.OfType<TextContent>().Where(content => !PictureCheck.IsUnreadablePictureNote(content))
            .Select(content => content.Text).Where(text => !string.IsNullOrWhiteSpace(text)));

    private static IEnumerable<DataContent> ImagesOf(ChatMessage message) =>
        message.Contents.Select(content =>
            content is DataContent data && data.HasTopLevelMediaType("image") ? data
            : PictureCheck.IsUnreadablePictureNote(content) ? Unreadable
            : null)
            .OfType<DataContent>().Reverse();

    private sealed class ListView(IList<ChatMessage> list) : IReadOnlyList<ChatMessage>
    {
        public int Count => list.Count;

        public ChatMessage this[int index] => list[index];

        public IEnumerator<ChatMessage> GetEnumerator() => list.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
