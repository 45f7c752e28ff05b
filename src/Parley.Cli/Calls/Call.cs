using Parley.Cli.Output;
using Parley.Client;

namespace Parley.Cli.Calls;

/// <summary>Follows a session: reports transcripts, writes the audio, measures the turns.</summary>
internal sealed class Call(LiveSession session, IReport report, WavWriter? audio)
{
    private bool _awaitsResult; // a function was called, and the model has not spoken since

    internal TurnLatency Latency { get; } = new(TimeProvider.System);

    /// <summary>Bytes of audio received.</summary>
    internal long AudioBytes { get; private set; }

    internal bool WasHeard { get; private set; }

    internal bool WasAnswered { get; private set; }

    /// <summary>
    /// Reads to the end of the turn or of the session. A turn that only called functions is not the end: the next turn speaks their
    /// results.
    /// </summary>
    /// <returns>Whether the turn was completed.</returns>
    /// <exception cref="CommandException">The session ended with an error.</exception>
    internal async Task<bool> ReadTurnAsync(CancellationToken cancellationToken)
    {
        await foreach (var update in session.ReadAllAsync(cancellationToken))
        {
            Report(update);
            if (update is SessionEndedUpdate { End: var end })
            {
                return end.IsNormal
                    ? false
                    : throw new CommandException($"The session ended. {end}", Commands.CommandRunner.ExitCodeOf(end.Cause));
            }
            if (update is IdleUpdate || (update is TurnCompleteUpdate { IsIdle: true } && !_awaitsResult))
            {
                report.EndLine();
                Latency.Report(report);
                return true;
            }
        }
        return false;
    }

    private void Report(LiveUpdate update)
    {
        switch (update)
        {
            case AudioUpdate chunk:
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
        _awaitsResult = false;
        WasAnswered |= !string.IsNullOrWhiteSpace(text);
        report.Said(text);
    }
}
