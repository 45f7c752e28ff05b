using Microsoft.Extensions.AI;

namespace Parley.Assistant.Providers;

/// <summary>
/// Marks what stands between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> at the start of an answer as a thought. Servers that do not
/// know a model's habits send it as text, and it would be spoken. Tags arrive in any pieces.
/// </summary>
internal sealed class InlineThoughts
{
    private const string Open = "<think>";
    private const string Close = "</think>";

    private Stage stage;
    private string held = "";

    private enum Stage
    {
        Start, Thinking, Speaking,
    }

    public IEnumerable<AIContent> Feed(AIContent content) =>
        content is TextContent text && (stage != Stage.Speaking || held.Length > 0) ? FeedText(text.Text) : [content];

    /// <summary>What was held back for a tag that never came.</summary>
    public IReadOnlyList<AIContent> Flush()
    {
        var rest = held;
        held = "";
        return rest.Length == 0 ? [] : [stage == Stage.Thinking ? new TextReasoningContent(rest) : new TextContent(rest)];
    }

    private List<AIContent> FeedText(string text)
    {
        List<AIContent> found = [];
        held += text;
        if (stage == Stage.Start)
        {
            Begin();
        }

        if (stage == Stage.Thinking)
        {
            Think(found);
        }

        if (stage == Stage.Speaking && held.Length > 0)
        {
            found.Add(new TextContent(held));
            held = "";
        }

        return found;
    }

    private void Begin()
    {
        var start = held.TrimStart();
        if (start.StartsWith(Open, StringComparison.Ordinal))
        {
            (stage, held) = (Stage.Thinking, start[Open.Length..]);
        }
        else if (!Open.StartsWith(start, StringComparison.Ordinal))
        {
            stage = Stage.Speaking;
        }
    }

    private void Think(List<AIContent> found)
    {
        var end = held.IndexOf(Close, StringComparison.Ordinal);
        var length = end >= 0 ? end : held.Length - BegunLength(held);
        if (length > 0)
        {
            found.Add(new TextReasoningContent(held[..length]));
        }

        (stage, held) = end >= 0 ? (Stage.Speaking, held[(end + Close.Length)..].TrimStart()) : (Stage.Thinking, held[length..]);
    }

    // How much of the closing tag the text ends with.
    private static int BegunLength(string text) =>
        Enumerable.Range(1, Close.Length - 1).LastOrDefault(length => text.EndsWith(Close[..length], StringComparison.Ordinal));
}
