using System.Threading.Channels;
using Parley.Testing;

namespace Parley.Cli.Calls;

/// <summary>What a virtual caller does in one call.</summary>
/// <param name="Audio">Spoken first; null = nothing.</param>
/// <param name="Keys">Pressed after it; null = none.</param>
/// <param name="Timeout">Longest wait for the answer.</param>
internal sealed record PhoneScript(WavFile? Audio, string? Keys, TimeSpan Timeout);

/// <summary>How a call went.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Asked">When the caller's last sound or key ended.</param>
/// <param name="FirstSound">The first sound after it, or one that went on then if there was no other; null = none.</param>
/// <param name="Heard">How long sounds were heard, pauses within them included.</param>
internal sealed record PhoneResult(CallerEnd End, TimeSpan Asked, TimeSpan? FirstSound, TimeSpan Heard);

/// <summary>Speaks, presses keys, listens to the answer, and hangs up.</summary>
internal sealed class PhoneCall(VirtualCaller caller, ChannelReader<CallerEvent> events, TimeProvider timeProvider)
{
    /// <summary>A server that never stops talking does not keep the command.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>How long the answer is waited for after a greeting that the caller spoke over.</summary>
    internal static readonly TimeSpan AfterGreeting = TimeSpan.FromSeconds(5);

    internal async Task<PhoneResult> RunAsync(PhoneScript script, CancellationToken cancellationToken)
    {
        if (script.Audio is { } audio)
            await caller.SayAsync(SpokenInput.TrimTrailingSilence(audio)).WaitAsync(cancellationToken);
        if (script.Keys is { } keys)
            await caller.PressAsync(keys).WaitAsync(cancellationToken);
        var asked = caller.Events.LastOrDefault(static e => e.Kind is CallerEventKind.SpeechEnded or CallerEventKind.KeyPressed)?.At ?? TimeSpan.Zero;
        await ListenAsync(asked, script.Timeout, cancellationToken);
        var end = await caller.HangUpAsync(cancellationToken);
        var heard = caller.Events.Where(static e => e.Kind == CallerEventKind.SoundEnded).Aggregate(TimeSpan.Zero, static (sum, e) => sum + e.Length);
        var answer = caller.Events.FirstOrDefault(change => change.Kind == CallerEventKind.SoundStarted && change.At >= asked)?.At;
        return new PhoneResult(end, asked, answer ?? caller.SoundAfter(asked), heard);
    }

    // Until the answer is heard to its end, the server hangs up, or it takes too long.
    private async Task ListenAsync(TimeSpan asked, TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (!IsAnswered(asked, out var isHearing, out var greeted))
        {
            var left = isHearing ? Longest - caller.Elapsed : (greeted is { } end ? Min(end + AfterGreeting, asked + timeout) : asked + timeout) - caller.Elapsed;
            if (left <= TimeSpan.Zero)
                return;
            try
            {
                if (!await events.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(left, timeProvider, cancellationToken))
                    return;
            }
            catch (TimeoutException)
            {
                return;
            }
            while (events.TryRead(out _))
            {
                // All are looked at together.
            }
        }
    }

    // A sound that began before the question ended is a greeting, or an announcement: not the answer.
    private bool IsAnswered(TimeSpan asked, out bool isHearing, out TimeSpan? greeted)
    {
        (isHearing, greeted) = (false, null);
        var began = TimeSpan.Zero;
        foreach (var change in caller.Events)
        {
            switch (change.Kind)
            {
                case CallerEventKind.Ended:
                    return true;
                case CallerEventKind.SoundStarted:
                    (isHearing, began) = (true, change.At);
                    break;
                case CallerEventKind.SoundEnded:
                    if (began >= asked)
                        return true;
                    isHearing = false;
                    if (change.At > asked)
                        greeted = change.At;
                    break;
                default:
                    break;
            }
        }
        return false;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
