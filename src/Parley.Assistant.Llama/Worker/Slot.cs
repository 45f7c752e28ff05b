using LLama.Native;

namespace Parley.Assistant.Llama.Worker;

/// <summary>A sequence of the context: the tokens of the conversation that used it last.</summary>
internal sealed class Slot(int number)
{
    public LLamaSeqId Sequence { get; } = (LLamaSeqId)number;

    /// <summary>The tokens in memory.</summary>
    public List<LLamaToken> Tokens { get; } = [];

    public string? Conversation { get; set; }

    /// <summary>First turns of the conversation that are left out. Kept, so that the beginning of its prompts stays the same.</summary>
    public int DroppedTurns { get; set; }

    public bool IsBusy { get; set; }

    /// <summary>Number of the request that used it last.</summary>
    public int LastUse { get; set; }

    /// <summary>How many tokens of a prompt are in memory, from the first on.</summary>
    public int CommonWith(ReadOnlySpan<LLamaToken> prompt)
    {
        var length = Math.Min(prompt.Length, Tokens.Count);
        for (var i = 0; i < length; i++)
        {
            if (Tokens[i] != prompt[i])
                return i;
        }
        return length;
    }
}
