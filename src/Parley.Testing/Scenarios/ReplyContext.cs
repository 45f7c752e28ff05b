using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Scenarios;

/// <summary>A reply that runs: its rule, where it is, and what its steps may do. After function calls it goes on in another generation.</summary>
internal sealed class ReplyContext(ScenarioSession session, ScenarioRule? rule, UserTurn turn)
{
    private readonly Dictionary<string, ScriptedCall> _open = [];
    private int _next;

    internal UserTurn Turn => turn;

    internal int Generation { get; private set; }

    internal CancellationToken Cancellation { get; private set; }

    internal ILiveModelOutput Output => session.Output;

    internal bool AnswersInText => session.AnswersInText;

    /// <summary>Whether the reply waits for the response to this call.</summary>
    internal bool WaitsFor(string? callId) => callId is not null && _open.ContainsKey(callId);

    /// <summary>Runs steps until the reply ends, waits for a response or is cancelled.</summary>
    internal async Task RunAsync(int generation, CancellationToken cancellationToken)
    {
        (Generation, Cancellation) = (generation, cancellationToken);
        try
        {
            if (rule is null)
            {
                await EchoAsync().ConfigureAwait(false);
            }
            else
            {
                while (_next < rule.Steps.Count)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!await rule.Steps[_next++].RunAsync(this).ConfigureAwait(false))
                        return;
                }
            }
            session.Finish(Generation);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            session.Fail($"The reply to {turn} failed: {e}");
        }
    }

    /// <summary>Audio or text of the answer.</summary>
    internal void Say(ReadOnlyMemory<byte> pcm, string? text) => session.Say(Generation, pcm, text);

    internal void Think(string text) => session.Think(Generation, text);

    internal ReadOnlyMemory<byte> Voice(string text, TimeSpan? duration) => session.Voice(text, duration);

    internal Task DelayAsync(TimeSpan time) => session.DelayAsync(time, Cancellation);

    /// <summary>Sends audio in chunks, each with its share of the words.</summary>
    internal async ValueTask SpeakAsync(ReadOnlyMemory<byte> pcm, string? text, SpokenReply speech)
    {
        var chunkBytes = (int)Math.Max(2, speech.Chunk.Ticks * AudioFormat.OutputRateHz / TimeSpan.TicksPerSecond * 2);
        var chunks = Math.Max(1, (pcm.Length + chunkBytes - 1) / chunkBytes);
        var written = 0;
        for (var i = 0; i < chunks; i++)
        {
            if (i > 0 && speech.Every > TimeSpan.Zero && !session.IsUnpaced)
                await DelayAsync(speech.Every).ConfigureAwait(false);
            await Output.WaitForRoomAsync(Cancellation).ConfigureAwait(false);
            Cancellation.ThrowIfCancellationRequested();
            string? words = null;
            if (text is not null)
            {
                // Whole words: the end of the last one that belongs to this chunk.
                var end = i == chunks - 1 ? text.Length : EndOfWord(text, (int)((long)text.Length * (i + 1) / chunks), written);
                words = end > written ? text[written..end] : null;
                written = end;
            }
            Say(pcm.Slice(i * chunkBytes, Math.Min(chunkBytes, pcm.Length - (i * chunkBytes))), words);
        }
    }

    internal async ValueTask EchoAsync()
    {
        if (turn.Text.Length > 0 || turn.Transcript is not null)
        {
            var said = turn.Text.Length > 0 ? turn.Text : turn.Transcript!;
            if (AnswersInText)
                Say(default, said);
            else
                await SpeakAsync(Voice(said, null), said, new SpokenReply()).ConfigureAwait(false);
        }
        else if (!turn.Audio.IsEmpty)
        {
            await SpeakAsync(Rates.ToOutput(turn.Audio.Span), null, new SpokenReply()).ConfigureAwait(false);
        }
    }

    /// <summary>Makes calls; the ids are those that the conversation assigns.</summary>
    internal void Call(IReadOnlyList<ScriptedCall> calls)
    {
        var issued = session.Call(this, [.. calls.Select(static call => new FunctionCall { Name = call.Name, Args = call.Arguments })]);
        for (var i = 0; i < issued.Count; i++)
            _open[issued[i]] = calls[i];
    }

    /// <summary>Takes the response to a call of this reply; false while others are missing.</summary>
    internal bool Answered(FunctionResponse response)
    {
        if (_open.Remove(response.Id!, out var call))
        {
            var difference = response.Response is not { } value ? (call.Expect is null && call.Difference is null ? null : "it is empty")
                : call.Expect?.Invoke(value) == false ? value.GetRawText() : call.Difference?.Invoke(value);
            if (difference is not null)
                session.Scenario.Fail($"The response of {call.Name} was not as expected: {difference}");
        }
        return _open.Count == 0;
    }

    private static int EndOfWord(string text, int near, int from)
    {
        var end = text.LastIndexOf(' ', Math.Min(near, text.Length - 1));
        return end < from ? from : end + 1;
    }
}
