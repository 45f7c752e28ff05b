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
/// <param name="FirstSound">The first sound after it; null = none.</param>
/// <param name="Heard">How long sounds were heard, pauses within them included.</param>
internal sealed record PhoneResult(CallerEnd End, TimeSpan Asked, TimeSpan? FirstSound, TimeSpan Heard);

/// <summary>Speaks, presses keys, listens to the answer, and hangs up.</summary>
internal sealed class PhoneCall(VirtualCaller caller, ChannelReader<CallerEvent> events, TimeProvider timeProvider)
{
    /// <summary>A server that never stops talking does not keep the command.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

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
        return new PhoneResult(end, asked, caller.SoundAfter(asked), heard);
    }

    // Until the answer is heard to its end, the server hangs up, or it takes too long.
    private async Task ListenAsync(TimeSpan asked, TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (!IsAnswered(asked, out var isHearing))
        {
            var left = isHearing ? Longest - caller.Elapsed : asked + timeout - caller.Elapsed;
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

    private bool IsAnswered(TimeSpan asked, out bool isHearing)
    {
        isHearing = false;
        foreach (var change in caller.Events)
        {
            if (change.Kind == CallerEventKind.Ended || (change.Kind == CallerEventKind.SoundEnded && change.At > asked))
                return true;
            isHearing = change.Kind switch
            {
                CallerEventKind.SoundStarted => true,
                CallerEventKind.SoundEnded => false,
                _ => isHearing,
            };
        }
        return false;
    }
}
