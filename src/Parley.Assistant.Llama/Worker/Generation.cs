using LLama;
using LLama.Native;
using LLama.Sampling;
using Parley.Assistant.Llama.Engine;

namespace Parley.Assistant.Llama.Worker;

/// <summary>One answer: first its prompt is read, then it grows by one token per step.</summary>
internal sealed class Generation : IDisposable
{
    private readonly BaseSamplingPipeline _sampler;
    private readonly StreamingTokenDecoder _decoder;

    public Generation(int number, AnswerRequest request, Slot slot, LLamaToken[] prompt, int reused, LlamaModel model)
    {
        (Number, Slot, Prompt, Reused) = (number, slot, prompt, reused);
        MaxTokens = Math.Min(request.MaxTokens ?? int.MaxValue, model.ContextLength - prompt.Length);
        _sampler = Create(request.Sampling);
        _decoder = model.NewDecoder();
    }

    public int Number { get; }

    public Slot Slot { get; }

    public LLamaToken[] Prompt { get; }

    /// <summary>Tokens of the prompt that were in memory.</summary>
    public int Reused { get; }

    public int MaxTokens { get; }

    /// <summary>The token that was chosen last and is not in memory yet; null while the prompt is read.</summary>
    public LLamaToken? Next { get; private set; }

    /// <summary>Tokens of the answer.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens of the prompt that are still to be read.</summary>
    public int Unread => Next is null ? Prompt.Length - Slot.Tokens.Count : 0;

    /// <summary>Where its probabilities are after a step; -1 if the step has none for it.</summary>
    public int OutputIndex { get; set; } = -1;

    /// <summary>Chooses the next token and returns its text, which may be empty: a character can have several tokens.</summary>
    /// <param name="context">The context after a step.</param>
    /// <param name="token">The token.</param>
    public string Choose(SafeLLamaContextHandle context, out LLamaToken token)
    {
        token = _sampler.Sample(context, OutputIndex);
        Next = token;
        Count++;
        _decoder.Add(token);
        return _decoder.Read();
    }

    public void Dispose() => _sampler.Dispose();

    private static BaseSamplingPipeline Create(Sampling sampling)
    {
        if (sampling.Temperature <= 0)
            return new GreedySamplingPipeline();
        var pipeline = new DefaultSamplingPipeline
        {
            Temperature = sampling.Temperature,
            TopP = sampling.TopP,
            TopK = sampling.TopK,
            MinP = sampling.MinP,
            RepeatPenalty = sampling.RepeatPenalty,
            FrequencyPenalty = sampling.FrequencyPenalty,
            PresencePenalty = sampling.PresencePenalty,
            Seed = sampling.Seed ?? (uint)Random.Shared.Next(),
        };
        return pipeline;
    }
}
