using Parley.Cli.Output;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Cli.Calls;

/// <summary>Follows a session: reports transcripts, writes the audio, measures the turns.</summary>
/// <param name="session">The session.</param>
/// <param name="report">Gets transcripts, facts and times.</param>
/// <param name="audio">
/// Gets the audio of the answer; null = nobody listens, so the turn need not be followed to the end of its playback.
/// </param>
/// <param name="limit">Longest wait for the next piece of the answer.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class Call(LiveSession session, IReport report, WavWriter? audio, TimeSpan limit, TimeProvider timeProvider)
{
    private bool _awaitsResult; // a function was called, and the model has not spoken since
    private bool _hasOutput;

    internal TurnLatency Latency { get; } = new(timeProvider);

    /// <summary>Bytes of audio received.</summary>
    internal long AudioBytes { get; private set; }

    internal bool WasHeard { get; private set; }

    internal bool WasAnswered { get; private set; }

    /// <summary>
    /// Reads to the end of the turn. A turn that only called functions is not the end: the next turn speaks their results.
    /// </summary>
    /// <exception cref="CommandException">The answer is incomplete: nothing arrived in time, or the session or the answer ended early.</exception>
    internal async Task ReadTurnAsync(CancellationToken cancellationToken)
    {
        using var limitCts = new CancellationTokenSource(limit, timeProvider);
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limitCts.Token);
        try
        {
            await foreach (var update in session.ReadAllAsync(linkedCts.Token))
            {
                if (AnswerLimit.IsProgress(update))
                    limitCts.CancelAfter(limit);
                Report(update);
                if (update is SessionEndedUpdate { End: var end })
                    throw Ended(end);
                if (!IsLast(update))
                    continue;
                report.EndLine();
                Latency.Report(report);
                RequireSuccess(update);
                return;
            }
            throw Ended(await session.Completion);
        }
        catch (OperationCanceledException) when (limitCts.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"{Missing()} within {AnswerLimit.Describe(limit)}. {Advice()}", ExitCodes.Failure);
        }
    }

    // The server sends turnComplete when a listener has heard the answer; without one, everything is there at generationComplete.
    private bool IsLast(LiveUpdate update) => update is IdleUpdate || (!_awaitsResult && update switch
    {
        TurnCompleteUpdate turn => turn.IsIdle,
        GenerationCompleteUpdate => audio is null && _hasOutput,
        _ => false,
    });

    private static void RequireSuccess(LiveUpdate update)
    {
        if (update is TurnCompleteUpdate { Reason: { } reason } && reason != TurnCompleteReason.Unspecified && reason != TurnCompleteReason.NeedMoreInput)
            throw new CommandException($"The model failed to answer: {reason}. The log of the server says why.", ExitCodes.Failure);
    }

    private static CommandException Ended(SessionEnd end) => end.IsNormal
        ? new CommandException($"The session ended before the answer was complete: {end}", ExitCodes.Failure)
        : new CommandException($"The session ended. {end}", Commands.CommandRunner.ExitCodeOf(end.Cause));

    private string Missing() =>
        _awaitsResult ? "The model called a function and said nothing about its result"
        : _hasOutput ? "The answer broke off: nothing more arrived"
        : "No answer arrived";

    private string Advice() =>
        _awaitsResult || _hasOutput || WasHeard ? "--timeout waits longer."
        : $"The server may have understood nothing. --timeout waits longer; {ToolName.Current} doctor checks the server.";

    private void Report(LiveUpdate update)
    {
        switch (update)
        {
            case AudioUpdate chunk:
                _hasOutput = true;
                _ = Latency.Audio(chunk.Duration);
                AudioBytes += chunk.Pcm.Length;
                audio?.Write(chunk.Pcm.Span);
                break;
            case InputTranscriptUpdate heard:
                Latency.Heard();
                WasHeard = true;
                report.Heard(heard.Text);
                break;
            case OutputTranscriptUpdate { Text.Length: > 0 } words:
                Said(words.Text);
                break;
            case TextUpdate words:
                Said(words.Text);
                break;
            case InterruptedUpdate:
                report.Fact("interrupted", "interrupted");
                break;
            case ToolCallUpdate:
                _awaitsResult = true;
                CallFacts.Report(update, report.Fact);
                break;
            default:
                CallFacts.Report(update, report.Fact);
                break;
        }
    }

    private void Said(string text)
    {
        Latency.Text();
        _hasOutput = true;
        _awaitsResult = false;
        WasAnswered |= !string.IsNullOrWhiteSpace(text);
        report.Said(text);
    }
}
