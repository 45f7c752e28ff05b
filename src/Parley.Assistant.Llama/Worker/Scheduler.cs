using LLama.Native;
using Parley.Assistant.Llama.Engine;

namespace Parley.Assistant.Llama.Worker;

/// <summary>
/// Runs the model for several answers at once. A step takes one token of each answer that is being generated, and shares the rest of the
/// batch among the prompts that are being read, so that a long prompt does not stop the others.
/// </summary>
internal sealed class Scheduler(LlamaModel model, int conversations, LlamaServer server)
{
    // Tokens of prompts in a step while another answer is being spoken.
    private const int SharedPromptTokens = 64;

    private readonly Slot[] _slots = [.. Enumerable.Range(0, conversations).Select(static number => new Slot(number))];
    private readonly List<Generation> _running = [];
    private readonly LLamaBatch _batch = new();
    private readonly PromptFitter _fitter = new(model);

    public bool HasRoom => _running.Count < _slots.Length;

    public bool IsIdle => _running.Count == 0;

    /// <summary>Begins an answer.</summary>
    public void Admit(int number, AnswerRequest request)
    {
        // An interrupted answer gives back its sequence before the next one of its conversation begins.
        EndCancelled();
        if (server.IsCancelled(number))
        {
            server.Send(number, new AnswerResult());
            return;
        }
        try
        {
            _running.Add(Begin(number, request));
        }
        catch (Exception e) when (e is not (IOException or OutOfMemoryException)) // The edge of a request.
        {
            server.Send(number, new AnswerResult { Error = e.Message });
        }
    }

    /// <summary>One step of the model for all answers.</summary>
    public void Step()
    {
        EndCancelled();
        if (_running.Count == 0)
            return;
        Fill();
        var result = model.Context.Decode(_batch);
        if (result != DecodeResult.Ok)
        {
            FailAll(result);
            return;
        }
        var hasSpoken = false;
        foreach (var generation in _running.Where(static generation => generation.OutputIndex >= 0).ToArray())
            hasSpoken |= Continue(generation);
        if (!hasSpoken)
            server.SendSign();
    }

    private Generation Begin(int number, AnswerRequest request)
    {
        var own = request.Conversation is { } id ? _slots.FirstOrDefault(slot => !slot.IsBusy && slot.Conversation == id) : null;
        var dropped = own?.DroppedTurns ?? 0;
        var prompt = _fitter.Fit(request, ref dropped);
        var slot = own ?? Choose(request.Conversation, prompt);
        // At least one token is read, because its output is needed.
        var reused = Keep(slot, Math.Min(slot.CommonWith(prompt), prompt.Length - 1));
        (slot.IsBusy, slot.LastUse, slot.Conversation, slot.DroppedTurns) = (true, number, request.Conversation, dropped);
        return new Generation(number, request, slot, prompt, reused, model);
    }

    // A request that names no conversation continues the one that it shares most with. Else a sequence that is empty, or was used longest ago;
    // it may share the instruction.
    private Slot Choose(string? conversation, LLamaToken[] prompt)
    {
        var free = _slots.Where(static slot => !slot.IsBusy).OrderBy(static slot => slot.LastUse);
        return conversation is null && free.Where(static slot => slot.Conversation is null).MaxBy(slot => slot.CommonWith(prompt)) is { } anonymous
            ? anonymous
            : free.First();
    }

    // A model with a recurrent state cannot forget the end of a sequence: then all of it goes.
    private int Keep(Slot slot, int tokens)
    {
        if (tokens < slot.Tokens.Count)
        {
            model.Context.MemorySequenceRemove(slot.Sequence, tokens, -1);
            if ((int)model.Context.MemorySequenceMaxPosition(slot.Sequence) >= tokens)
            {
                model.Context.MemorySequenceRemove(slot.Sequence, -1, -1);
                tokens = 0;
            }
            slot.Tokens.RemoveRange(tokens, slot.Tokens.Count - tokens);
        }
        return tokens;
    }

    private void EndCancelled()
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            if (server.IsCancelled(_running[i].Number))
                End(_running[i], new AnswerResult());
        }
    }

    private void Fill()
    {
        _batch.Clear();
        foreach (var generation in _running)
        {
            generation.OutputIndex = -1;
            if (generation.Next is { } token)
                Add(generation, token, hasOutput: true);
        }
        var reading = _running.Where(static generation => generation.Unread > 0).ToArray();
        var room = _batch.TokenCount > 0 ? SharedPromptTokens : LlamaModel.BatchSize;
        for (var i = 0; i < reading.Length; i++)
        {
            var generation = reading[i];
            var count = Math.Min(generation.Unread, Math.Max(1, room / (reading.Length - i)));
            room -= count;
            for (; count > 0; count--)
                Add(generation, generation.Prompt[generation.Slot.Tokens.Count], hasOutput: generation.Unread == 1);
        }
    }

    private void Add(Generation generation, LLamaToken token, bool hasOutput)
    {
        var slot = generation.Slot;
        var index = _batch.Add(token, slot.Tokens.Count, slot.Sequence, hasOutput);
        if (hasOutput)
            generation.OutputIndex = index;
        slot.Tokens.Add(token);
    }

    // Returns whether a message was sent.
    private bool Continue(Generation generation)
    {
        var text = generation.Choose(model.Context, out var token);
        if (token.IsEndOfGeneration(model.Vocabulary))
        {
            End(generation, new AnswerResult());
            return true;
        }
        if (text.Length > 0)
            server.Send(generation.Number, text);
        if (generation.Count < generation.MaxTokens)
            return text.Length > 0;
        End(generation, new AnswerResult { IsCut = true });
        return true;
    }

    private void End(Generation generation, AnswerResult result)
    {
        _running.Remove(generation);
        generation.Slot.IsBusy = false;
        generation.Dispose();
        server.Send(generation.Number, result with
        {
            PromptTokens = generation.Prompt.Length, ReusedTokens = generation.Reused, AnswerTokens = generation.Count,
            DroppedTurns = generation.Slot.DroppedTurns,
        });
    }

    // What the sequences contain is not known after a failure.
    private void FailAll(DecodeResult result)
    {
        foreach (var generation in _running.ToArray())
        {
            model.Context.MemorySequenceRemove(generation.Slot.Sequence, -1, -1);
            generation.Slot.Tokens.Clear();
            End(generation, new AnswerResult { Error = $"The model failed in a step: {result}. {NativeLog.TakeErrors()}".TrimEnd() });
        }
    }
}
