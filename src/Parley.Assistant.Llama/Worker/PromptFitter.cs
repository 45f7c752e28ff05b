using LLama.Native;
using Parley.Assistant.Llama.Engine;
using Parley.Assistant.Llama.Prompts;

namespace Parley.Assistant.Llama.Worker;

/// <summary>
/// Makes conversations fit into the context by leaving out their first turns. When one grows too long, it is cut to three quarters, so that the
/// beginning of its prompt then stays the same for some turns and is not read again each time.
/// </summary>
internal sealed class PromptFitter(LlamaModel model)
{
    // Room for the answer: a quarter of the context, or what the request allows if that is less.
    private const int AnswerShare = 4;

    /// <summary>The tokens of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="droppedTurns">Turns that were left out at the last request, then at this one.</param>
    /// <exception cref="InvalidOperationException">Its instruction and last turn alone are too long.</exception>
    public LLamaToken[] Fit(AnswerRequest request, ref int droppedTurns)
    {
        var room = model.ContextLength - Math.Min(request.MaxTokens ?? int.MaxValue, model.ContextLength / AnswerShare);
        var last = Math.Max(0, Turns.Count(request.Messages) - 1);
        droppedTurns = Math.Min(droppedTurns, last);
        var prompt = Tokenize(request, droppedTurns);
        if (prompt.Length <= room)
            return prompt;
        // The fewest turns that are enough: prompts get shorter with each turn that is left out.
        var (low, high) = (droppedTurns + 1, last);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Tokenize(request, middle).Length > room * 3 / 4)
                low = middle + 1;
            else
                high = middle;
        }
        droppedTurns = Math.Min(low, last);
        prompt = Tokenize(request, droppedTurns);
        return prompt.Length <= room
            ? prompt
            : throw new InvalidOperationException(
                $"The instruction and the last turn have {prompt.Length} tokens, and {room} fit. Shorten the instruction, declare fewer functions, "
                + "or raise ChatModel:Gguf:ContextLength.");
    }

    private LLamaToken[] Tokenize(AnswerRequest request, int turns) => model.Tokenize(Turns.Without(request.Messages, turns), request.Begin);
}
