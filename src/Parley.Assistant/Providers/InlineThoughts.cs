using Microsoft.Extensions.AI;

namespace Parley.Assistant.Providers;

/// <summary>
/// Marks the text between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> at the start of an answer as a thought. Some servers send it as
/// normal text, and it would be spoken. A tag may arrive in several pieces.
/// </summary>
internal sealed class InlineThoughts
{
    private const string Open = "<think>";
    private const string Close = "</think>";

    private Stage _stage;
    private string _pending = "";

    private enum Stage
    {
        Start, Thinking, Speaking,
    }

    public IEnumerable<AIContent> Feed(AIContent content) =>
        content is TextContent text && (_stage != Stage.Speaking || _pending.Length > 0) ? FeedText(text.Text) : [content];

    /// <summary>Returns the text that was held back for a tag that did not arrive.</summary>
    public IReadOnlyList<AIContent> Flush()
    {
        var rest = _pending;
        _pending = "";
        return rest.Length == 0 ? [] : [_stage == Stage.Thinking ? new TextReasoningContent(rest) : new TextContent(rest)];
    }

    private List<AIContent> FeedText(string text)
    {
        List<AIContent> found = [];
        _pending += text;
        if (_stage == Stage.Start)
            Begin();
        if (_stage == Stage.Thinking)
            Think(found);
        if (_stage == Stage.Speaking && _pending.Length > 0)
        {
            found.Add(new TextContent(_pending));
            _pending = "";
        }
        return found;
    }

    private void Begin()
    {
        var start = _pending.TrimStart();
        if (start.StartsWith(Open, StringComparison.Ordinal))
            (_stage, _pending) = (Stage.Thinking, start[Open.Length..]);
        else if (!Open.StartsWith(start, StringComparison.Ordinal))
            _stage = Stage.Speaking;
    }

    private void Think(List<AIContent> found)
    {
        var end = _pending.IndexOf(Close, StringComparison.Ordinal);
        var length = end >= 0 ? end : _pending.Length - BegunLength(_pending);
        if (length > 0)
            found.Add(new TextReasoningContent(_pending[..length]));
        (_stage, _pending) = end >= 0
            ? (Stage.Speaking, _pending[(end + Close.Length)..].TrimStart())
            : (Stage.Thinking, _pending[length..]);
    }

    // Number of characters of the closing tag that the text ends with.
    private static int BegunLength(string text) =>
        Enumerable.Range(1, Close.Length - 1).LastOrDefault(length => text.EndsWith(Close[..length], StringComparison.Ordinal));
}
