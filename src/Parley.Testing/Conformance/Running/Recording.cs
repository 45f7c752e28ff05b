using System.Text.Json;
using Parley.Testing.Conformance.Sockets;

namespace Parley.Testing.Conformance.Running;

/// <summary>The conversations that are recorded.</summary>
internal enum RecordingKind
{
    /// <summary>A text through <c>clientContent</c>, with transcription of the output and resumption.</summary>
    Text,

    /// <summary>A text through <c>realtimeInput</c>.</summary>
    RealtimeText,

    /// <summary>Speech with automatic activity detection and both transcriptions.</summary>
    Speech,

    /// <summary>Speech between activity marks.</summary>
    Manual,

    /// <summary>A blocking call and its response.</summary>
    Tool,

    /// <summary>A long answer that <c>clientContent</c> cuts.</summary>
    Interrupted,

    /// <summary>A long answer that speech cuts.</summary>
    BargeIn,
}

/// <summary>A conversation with the server, of which each check sees the same messages.</summary>
internal sealed class Recording
{
    private const string Transcribed = "\"inputAudioTranscription\":{},\"outputAudioTranscription\":{}";

    private static readonly TimeSpan Trailing = TimeSpan.FromSeconds(1);

    private Recording(IReadOnlyList<ProbeMessage> messages, IReadOnlyList<string> lines, string? failure) => (Messages, Lines, Failure) = (messages, lines, failure);

    /// <summary>What the server sent after the setup message, in order.</summary>
    internal IReadOnlyList<ProbeMessage> Messages { get; }

    /// <summary>The transcript.</summary>
    internal IReadOnlyList<string> Lines { get; }

    /// <summary>Why the conversation did not come about; null if it did.</summary>
    internal string? Failure { get; }

    internal string? Handle => Messages.Select(static message => message.At("sessionResumptionUpdate", "newHandle")?.GetString()).LastOrDefault(static handle => handle is { Length: > 0 });

    /// <summary>All parts of the model, in order.</summary>
    internal IEnumerable<JsonElement> Parts => Messages.SelectMany(PartsOf);

    internal static IEnumerable<JsonElement> PartsOf(ProbeMessage message) =>
        message.At("serverContent", "modelTurn", "parts") is { ValueKind: JsonValueKind.Array } parts ? parts.EnumerateArray() : [];

    /// <summary>Position of the first message that meets a condition; −1 if there is none.</summary>
    internal int IndexOf(Func<ProbeMessage, bool> isIt)
    {
        for (var i = 0; i < Messages.Count; i++)
        {
            if (isIt(Messages[i]))
                return i;
        }
        return -1;
    }

    internal static async Task<Recording> MakeAsync(ProbeRun run, RecordingKind kind, CancellationToken cancellationToken)
    {
        var probe = new Probe(run, cancellationToken);
        await using var disposing = probe.ConfigureAwait(false);
        ProbeLine? line = null;
        try
        {
            line = await probe.ConnectAsync().ConfigureAwait(false);
            await TalkAsync(line, run, kind, cancellationToken).ConfigureAwait(false);
            // What belongs to the turn may come after it: usage, the handle, a late transcript.
            while (await line.TryNextAsync(3 * run.Options.Silence).ConfigureAwait(false) is { IsEnd: false } late && !late.Has("sessionResumptionUpdate"))
            {
            }
            return new([.. line.Taken], probe.Transcript.Lines, failure: null);
        }
        catch (CheckFailedException e)
        {
            return new(line is null ? [] : [.. line.Taken], probe.Transcript.Lines, e.Message);
        }
    }

    private static Task TalkAsync(ProbeLine line, ProbeRun run, RecordingKind kind, CancellationToken cancellationToken) => kind switch
    {
        RecordingKind.Text => TextAsync(line, Prompts.Content(Prompts.Short)),
        RecordingKind.RealtimeText => TextAsync(line, Prompts.RealtimeText(Prompts.Short)),
        RecordingKind.Speech => SpeechAsync(line, run.Speech, cancellationToken),
        RecordingKind.Manual => ManualAsync(line, run.Speech, cancellationToken),
        RecordingKind.Tool => ToolAsync(line),
        RecordingKind.Interrupted => InterruptedAsync(line, () => line.SendAsync(Prompts.Content(Prompts.Short))),
        _ => InterruptedAsync(line, async () =>
        {
            await run.Speech.SayAsync(line, cancellationToken).ConfigureAwait(false);
            await run.Speech.HushAsync(line, Trailing, cancellationToken).ConfigureAwait(false);
        }),
    };

    private static async Task TextAsync(ProbeLine line, string message)
    {
        await line.SetUpAsync($"{Transcribed},\"sessionResumption\":{{}}").ConfigureAwait(false);
        await line.SendAsync(message).ConfigureAwait(false);
        await line.TurnAsync().ConfigureAwait(false);
    }

    private static async Task SpeechAsync(ProbeLine line, SpeechSignal speech, CancellationToken cancellationToken)
    {
        await line.SetUpAsync(Transcribed).ConfigureAwait(false);
        await speech.SayAsync(line, cancellationToken).ConfigureAwait(false);
        await speech.HushAsync(line, Trailing, cancellationToken).ConfigureAwait(false);
        await line.TurnAsync().ConfigureAwait(false);
    }

    private static async Task ManualAsync(ProbeLine line, SpeechSignal speech, CancellationToken cancellationToken)
    {
        await line.SetUpAsync($"{Transcribed},\"realtimeInputConfig\":{{\"automaticActivityDetection\":{{\"disabled\":true}}}}").ConfigureAwait(false);
        await line.SendAsync("""{"realtimeInput":{"activityStart":{}}}""").ConfigureAwait(false);
        await speech.SayAsync(line, cancellationToken).ConfigureAwait(false);
        await line.SendAsync("""{"realtimeInput":{"activityEnd":{}}}""").ConfigureAwait(false);
        await line.TurnAsync().ConfigureAwait(false);
    }

    private static async Task ToolAsync(ProbeLine line)
    {
        await line.SetUpAsync(Prompts.Tools("BLOCKING")).ConfigureAwait(false);
        await line.SendAsync(Prompts.Content(Prompts.Call)).ConfigureAwait(false);
        var call = await line.UntilAsync(static message => message.Has("toolCall") || message.Content("turnComplete"), "toolCall").ConfigureAwait(false);
        if (call.At("toolCall", "functionCalls") is not { ValueKind: JsonValueKind.Array } calls || calls.GetArrayLength() == 0)
            throw new CheckFailedException("its turn ended without a call");
        var id = calls[0].TryGetProperty("id", out var given) ? given.GetString() : null;
        await line.SendAsync(Prompts.ToolResponse(id ?? "")).ConfigureAwait(false);
        await line.TurnAsync().ConfigureAwait(false);
    }

    private static async Task InterruptedAsync(ProbeLine line, Func<Task> interrupt)
    {
        await line.SetUpAsync("\"outputAudioTranscription\":{}").ConfigureAwait(false);
        await line.SendAsync(Prompts.Content(Prompts.Long)).ConfigureAwait(false);
        await line.UntilAsync(static message => PartsOf(message).Any(), "the beginning of a long answer").ConfigureAwait(false);
        await interrupt().ConfigureAwait(false);
        await line.UntilAsync(static message => message.Content("interrupted"), "interrupted").ConfigureAwait(false);
        var ended = line.Taken[^1];
        if (!ended.Content("turnComplete"))
            await line.UntilAsync(static message => message.Content("turnComplete"), "turnComplete of the interrupted turn").ConfigureAwait(false);
        await line.UntilAsync(static message => message.Content("turnComplete"), "the answer to what interrupted").ConfigureAwait(false);
    }
}
