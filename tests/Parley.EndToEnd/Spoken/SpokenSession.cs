using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Client;
using Parley.Protocol;

namespace Parley.EndToEnd.Spoken;

/// <summary>The content of a turn.</summary>
internal sealed record Turn
{
    /// <summary>Transcript of the user.</summary>
    public string Heard { get; init; } = "";

    /// <summary>Transcript of the model.</summary>
    public string Said { get; init; } = "";

    /// <summary>Audio of the model, PCM16 at 24 kHz.</summary>
    public byte[] Audio { get; init; } = [];

    /// <summary>Function calls as "name {json}".</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    public bool Interrupted { get; init; }
}

/// <summary>
/// A spoken conversation over a real socket. Audio is sent faster than real time: the server counts time in samples, so silence ends a turn
/// even if it arrives at once.
/// </summary>
internal sealed class SpokenSession(LiveSession session, TestSpeech speech) : IAsyncDisposable
{
    /// <summary>
    /// Milliseconds of silence after an utterance: more than the 800 ms that end a turn by default, and than twice that after an incomplete
    /// sentence.
    /// </summary>
    private const int EndOfTurn = 2_000;

    /// <summary>Most misrecognized sentences in a conversation.</summary>
    private const int MaxMisheard = 3;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private readonly IAsyncEnumerator<LiveUpdate> _updates = session.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
    private int _misheard;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Says a sentence, with a pause of half a second at each bar in it, followed by silence.</summary>
    public async Task SayAsync(string text, string voice = "kal16") =>
        await SendAsync([.. TestSpeech.Silence(300), .. await AudioOfAsync(text, voice), .. TestSpeech.Silence(EndOfTurn)]);

    public async Task SendAsync(short[] audio)
    {
        foreach (var chunk in audio.Chunk(1_600))
            await session.SendAudioAsync(MemoryMarshal.AsBytes(chunk.AsSpan()).ToArray(), cancellationToken: Cancellation);
    }

    /// <summary>Says a sentence, repeats it if it was misrecognized, and returns the turn of the answer.</summary>
    public async Task<Turn> AskAsync(string text, string voice = "kal16") => await AskAsync(await AudioOfAsync(text, voice), text);

    /// <summary>The same with the given audio.</summary>
    public async Task<Turn> AskAsync(short[] audio, string text)
    {
        while (true)
        {
            await SendAsync([.. TestSpeech.Silence(300), .. audio, .. TestSpeech.Silence(EndOfTurn)]);
            var turn = await HearAsync();
            if (IsUnderstood(turn, text))
                return turn;
        }
    }

    /// <summary>Reads to the end of the turn.</summary>
    public Task<Turn> HearAsync() => ReadAsync(static update => update is TurnCompleteUpdate, "the end of a turn");

    /// <summary>Says a sentence with a long answer, repeats it if it was misrecognized, and reads the beginning of the answer.</summary>
    public async Task AskForBeginningAsync(string text)
    {
        while (true)
        {
            await SayAsync(text);
            if (IsUnderstood(await HearBeginningAsync(), text))
                return;
        }
    }

    /// <summary>Reads until the answer is playing, or to the end of a short turn.</summary>
    public Task<Turn> HearBeginningAsync()
    {
        // The server sends two seconds ahead: once more has arrived, a listener has heard part of the answer.
        var bytes = 0;
        return ReadAsync(
            update => update is TurnCompleteUpdate || (
                update is AudioUpdate audio && (bytes += audio.Pcm.Length) > 4 * 24_000 * sizeof(short)),
            "the beginning of an answer");
    }

    /// <summary>Answers the call of a turn with a JSON object, and reads on to the end.</summary>
    public async Task<Turn> AnswerCallAsync(FunctionCall call, string json)
    {
        await session.SendToolResponsesAsync(
            [new FunctionResponse { Id = call.Id, Name = call.Name, Response = JsonElement.Parse(json) }], Cancellation);
        var turn = await HearAsync();
        // Some models complete the turn of the call before they answer.
        return turn.Audio.Length > 0 ? turn : await HearAsync();
    }

    /// <summary>Says a sentence that leads to a function call, and repeats it if it was misrecognized.</summary>
    public async Task<(Turn Turn, FunctionCall Call)> AskForCallAsync(string text)
    {
        while (true)
        {
            await SayAsync(text);
            FunctionCall? call = null;
            var turn = await ReadAsync(
                update =>
                {
                    call = update is ToolCallUpdate calls ? calls.Calls[0] : call;
                    return update is ToolCallUpdate or TurnCompleteUpdate;
                },
                $"a call after \"{text}\"");
            if (call is not null)
                return (turn, call);
            if (IsUnderstood(turn, text))
                throw new ExpectationException($"\"{text}\" was recognized, but led to no function call. Said: {turn.Said}");
        }
    }

    /// <summary>Words without punctuation, in lower case.</summary>
    public static string Plain(string text) =>
        string.Join(' ', text.ToLowerInvariant().Split([' ', '|', '.', '?', '!', ','], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether the transcript matches the sentence; counts misrecognized sentences.</summary>
    public bool IsUnderstood(Turn turn, string text)
    {
        if (Plain(turn.Heard) == Plain(text))
            return true;
        // This recognizer misrecognizes about one sentence in twenty.
        if (++_misheard > MaxMisheard)
        {
            throw new ExpectationException(
                $"\"{text}\" was misheard as \"{turn.Heard}\", after {MaxMisheard} other sentences. Said: {turn.Said}");
        }
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await session.DisposeAsync();
        try
        {
            await _updates.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // The test failed during a read. Report that failure; the read ends with the session.
        }
    }

    private async Task<short[]> AudioOfAsync(string text, string voice)
    {
        List<short> audio = [];
        foreach (var (fragment, i) in text.Split('|', StringSplitOptions.TrimEntries).Select((fragment, i) => (fragment, i)))
        {
            audio.AddRange(i == 0 ? [] : TestSpeech.Silence(500));
            audio.AddRange(await speech.SayAsync(fragment, voice, Cancellation));
        }

        return [.. audio];
    }

    private async Task<Turn> ReadAsync(Func<LiveUpdate, bool> isLast, string expected)
    {
        var turn = new Turn();
        var reading = ReadAllAsync();
        try
        {
            await Expect.WithinAsync(reading, expected, Longest, Cancellation);
            return await reading;
        }
        catch (ExpectationException e) when (!reading.IsCompleted)
        {
            throw new ExpectationException($"{e.Message} Heard until then: \"{turn.Heard}\"; said: \"{turn.Said}\".", e);
        }

        async Task<Turn> ReadAllAsync()
        {
            while (await _updates.MoveNextAsync())
            {
                turn = _updates.Current switch
                {
                    InputTranscriptUpdate heard => turn with { Heard = turn.Heard + heard.Text },
                    OutputTranscriptUpdate said => turn with { Said = turn.Said + said.Text },
                    AudioUpdate audio => turn with { Audio = [.. turn.Audio, .. audio.Pcm.Span] },
                    ToolCallUpdate calls => turn with { Calls = [.. turn.Calls, .. calls.Calls.Select(call => $"{call.Name} {call.Args?.GetRawText()}")] },
                    InterruptedUpdate => turn with { Interrupted = true },
                    SessionEndedUpdate ended => throw new ExpectationException($"{expected}, but the session ended: {ended.End}"),
                    _ => turn,
                };
                if (isLast(_updates.Current))
                    return turn with { Heard = turn.Heard.Trim(), Said = turn.Said.Trim() };
            }

            throw new ExpectationException($"{expected}, but the updates ended.");
        }
    }
}
