using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Client;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.EndToEnd.Spoken;

/// <summary>What a turn brought.</summary>
internal sealed record Turn
{
    /// <summary>The user's words, as transcribed.</summary>
    public string Heard { get; init; } = "";

    /// <summary>The model's words, as transcribed.</summary>
    public string Said { get; init; } = "";

    /// <summary>The model's voice, PCM16 at 24 kHz.</summary>
    public byte[] Sound { get; init; } = [];

    /// <summary>Calls as "name {json}".</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    public bool Interrupted { get; init; }
}

/// <summary>
/// A conversation by voice over a real socket. Sound is sent as fast as the socket takes it: the server counts time in samples, so half a
/// second of silence ends a turn just as well when it arrives at once.
/// </summary>
internal sealed class Talk(LiveSession session, Mouth mouth) : IAsyncDisposable
{
    /// <summary>More than the 800 ms of silence that end a turn by default, and their doubling where words are plainly missing.</summary>
    private const int EndOfTurn = 2_000;

    /// <summary>Of a whole conversation.</summary>
    private const int MaxRepetitions = 3;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private readonly IAsyncEnumerator<LiveUpdate> _updates = session.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
    private int _misheard;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Says a sentence, with a pause of half a second at each bar in it, and is quiet.</summary>
    public async Task SayAsync(string text, string voice = "kal16") =>
        await SendAsync([.. Mouth.Silence(300), .. await SoundOfAsync(text, voice), .. Mouth.Silence(EndOfTurn)]);

    public async Task SendAsync(short[] sound)
    {
        foreach (var chunk in sound.Chunk(1_600))
            await session.SendAudioAsync(MemoryMarshal.AsBytes(chunk.AsSpan()).ToArray(), cancellationToken: Cancellation);
    }

    /// <summary>Says a sentence, again where it was misheard, as people do, and hears the answer.</summary>
    public async Task<Turn> AskAsync(string text, string voice = "kal16") => await AskAsync(await SoundOfAsync(text, voice), text);

    /// <summary>The same with sound that is there.</summary>
    public async Task<Turn> AskAsync(short[] sound, string text)
    {
        while (true)
        {
            await SendAsync([.. Mouth.Silence(300), .. sound, .. Mouth.Silence(EndOfTurn)]);
            var turn = await HearAsync();
            if (IsUnderstood(turn, text))
                return turn;
        }
    }

    /// <summary>Reads to the end of the turn.</summary>
    public Task<Turn> HearAsync() => ReadAsync(static update => update is TurnCompleteUpdate, "the end of a turn");

    /// <summary>Says a sentence that is answered at length, again where it was misheard, and hears the beginning of the answer.</summary>
    public async Task AskForBeginningAsync(string text)
    {
        while (true)
        {
            await SayAsync(text);
            if (IsUnderstood(await HearBeginningAsync(), text))
                return;
        }
    }

    /// <summary>Reads until the model is heard, or to the end of a short turn.</summary>
    public Task<Turn> HearBeginningAsync()
    {
        // Two seconds are sent ahead: once more than that has come, somebody who listens in real time has heard some of it.
        var bytes = 0;
        return ReadAsync(
            update => update is TurnCompleteUpdate || (update is AudioUpdate audio && (bytes += audio.Pcm.Length) > 4 * 24_000 * sizeof(short)),
            "the beginning of an answer");
    }

    /// <summary>Answers the call of a turn with a JSON object, and reads on to the end.</summary>
    public async Task<Turn> AnswerCallAsync(FunctionCall call, string json)
    {
        await session.SendToolResponsesAsync([new FunctionResponse { Id = call.Id, Name = call.Name, Response = JsonElement.Parse(json) }], Cancellation);
        var turn = await HearAsync();
        // Some models complete the turn of the call before they answer.
        return turn.Sound.Length > 0 ? turn : await HearAsync();
    }

    /// <summary>Says a sentence that is to end in a call, again where that came to nothing because it was misheard.</summary>
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
                throw new ExpectationException($"\"{text}\" was understood, and led to no call. Said: {turn.Said}");
        }
    }

    /// <summary>Words without marks and capitals.</summary>
    public static string Plain(string text) => string.Join(' ', text.ToLowerInvariant().Split([' ', '|', '.', '?', '!', ','], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether what was heard is what was said; counts the sentences that were not.</summary>
    public bool IsUnderstood(Turn turn, string text)
    {
        if (Plain(turn.Heard) == Plain(text))
            return true;
        // This recognizer mishears one sentence of twenty.
        if (++_misheard > MaxRepetitions)
            throw new ExpectationException($"\"{text}\" was misheard as \"{turn.Heard}\", after {MaxRepetitions} other sentences. Said: {turn.Said}");
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
            // The test failed while a read was under way; that is what is to be told, and the read ends with the session.
        }
    }

    private async Task<short[]> SoundOfAsync(string text, string voice)
    {
        List<short> sound = [];
        foreach (var (fragment, i) in text.Split('|', StringSplitOptions.TrimEntries).Select((fragment, i) => (fragment, i)))
        {
            sound.AddRange(i == 0 ? [] : Mouth.Silence(500));
            sound.AddRange(await mouth.SayAsync(fragment, voice, Cancellation));
        }

        return [.. sound];
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
            throw new ExpectationException($"{e.Message} Until then there was heard: \"{turn.Heard}\", and said: \"{turn.Said}\".", e);
        }

        async Task<Turn> ReadAllAsync()
        {
            while (await _updates.MoveNextAsync())
            {
                turn = _updates.Current switch
                {
                    InputTranscriptUpdate heard => turn with { Heard = turn.Heard + heard.Text },
                    OutputTranscriptUpdate said => turn with { Said = turn.Said + said.Text },
                    AudioUpdate audio => turn with { Sound = [.. turn.Sound, .. audio.Pcm.Span] },
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
