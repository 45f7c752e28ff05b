using Parley.Cli.Output;
using Parley.Client;

namespace Parley.Cli.Calls;

/// <summary>Follows a session: tells what is said, keeps the sound, measures the turns.</summary>
internal sealed class Call(LiveSession session, IReport report, WavWriter? audio)
{
    private bool _awaitsResult;

    internal TurnLatency Latency { get; } = new(TimeProvider.System);

    /// <summary>Bytes of sound received.</summary>
    internal long AudioBytes { get; private set; }

    internal bool WasHeard { get; private set; }

    internal bool WasAnswered { get; private set; }

    /// <summary>
    /// Reads to the end of the turn, or of the session. A turn that only made calls is not the end: their results are spoken in the next.
    /// </summary>
    /// <returns>Whether the turn was completed.</returns>
    /// <exception cref="CommandException">The session ended with an error.</exception>
    internal async Task<bool> ReadTurnAsync(CancellationToken cancellationToken)
    {
        await foreach (var update in session.ReadAllAsync(cancellationToken))
        {
            Tell(update);
            if (update is SessionEndedUpdate { End: var end })
                return end.IsNormal ? false : throw new CommandException($"The session ended. {end}", CommandRunnerExit(end));
            if (update is TurnCompleteUpdate { IsIdle: true } && !_awaitsResult)
            {
                report.EndLine();
                Latency.Tell(report);
                return true;
            }
        }
        return false;
    }

    private void Tell(LiveUpdate update)
    {
        switch (update)
        {
            case AudioUpdate sound:
                _ = Latency.Audio(sound.Duration);
                AudioBytes += sound.Pcm.Length;
                audio?.Write(sound.Pcm.Span);
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
                CallFacts.Tell(update, report.Fact);
                break;
            default:
                CallFacts.Tell(update, report.Fact);
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

    private static int CommandRunnerExit(SessionEnd end) => Commands.CommandRunner.ExitCodeOf(end.Cause);
}
