namespace Parley.Assistant.Llama.Prompts;

/// <summary>
/// Shortens conversations by whole turns: what the user said, with the calls, results and answers that follow it. The instruction stays.
/// </summary>
internal static class Turns
{
    /// <summary>Number of turns; the last one can never be left out.</summary>
    public static int Count(IReadOnlyList<PromptMessage> messages) => Starts(messages).Count();

    /// <summary>The conversation without its first turns.</summary>
    public static List<PromptMessage> Without(IReadOnlyList<PromptMessage> messages, int turns)
    {
        var instruction = messages.TakeWhile(static message => message.Role == "system").Count();
        var from = turns == 0 ? instruction : Starts(messages).ElementAtOrDefault(turns);
        return [.. messages.Take(instruction), .. messages.Skip(Math.Max(from, instruction))];
    }

    /// <summary>The newest turns of a conversation that have at most this many characters together; at least one.</summary>
    public static List<PromptMessage> Newest(IReadOnlyList<PromptMessage> messages, int maxCharacters)
    {
        var turns = Count(messages);
        var skipped = 0;
        while (skipped < turns - 1 && Without(messages, skipped).Sum(static message => message.Text.Length) > maxCharacters)
            skipped++;
        return skipped == 0 ? [.. messages] : Without(messages, skipped);
    }

    // A result of a function has the role of the user in some forms: it belongs to the turn before.
    private static IEnumerable<int> Starts(IReadOnlyList<PromptMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i] is { Role: "user" } message && !message.Text.StartsWith("<tool_response>", StringComparison.Ordinal))
                yield return i;
        }
    }
}
