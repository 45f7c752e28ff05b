using Parley.Audio;
using Parley.Protocol;
using Parley.Testing.Journal;

namespace Parley.Testing;

/// <summary>
/// What a listener of one session would have heard: the audio that the server sent, played in order on the clock of the server, and dropped on
/// <c>interrupted</c>. Resumed connections go on with the session. The user's speech is what is loud in the audio of the client, at the times when it came:
/// send it in real time, if overlaps matter.
/// </summary>
public sealed class LivePlayback
{
    private readonly IReadOnlyList<PlayedPiece> _pieces;

    internal LivePlayback(TimeSpan start, IReadOnlyList<PlaybackTurn> turns, IReadOnlyList<PlayedPiece> pieces) => (Start, Turns, _pieces) = (start, turns, pieces);

    /// <summary>When the session began: the time of the first sample of <see cref="Audio"/>.</summary>
    public TimeSpan Start { get; }

    /// <summary>The answers with audio, in order.</summary>
    public IReadOnlyList<PlaybackTurn> Turns { get; }

    /// <summary>Pauses within answers because audio came too late.</summary>
    public IReadOnlyList<(TimeSpan At, TimeSpan Length)> Gaps => [.. Turns.SelectMany(static turn => turn.Gaps)];

    /// <summary>The longest of <see cref="Gaps"/>; zero if there are none.</summary>
    public TimeSpan LongestGap => Gaps.Select(static gap => gap.Length).DefaultIfEmpty().Max();

    /// <summary>How long answers played while the user spoke.</summary>
    public TimeSpan Overlap => Turns.Aggregate(TimeSpan.Zero, static (sum, turn) => sum + turn.Overlap);

    /// <summary>Everything that was heard, at 24 kHz, with the silence between the answers. Built at each call; an hour has 170 MB.</summary>
    public WavFile Audio
    {
        get
        {
            var end = _pieces.Select(static piece => piece.End).DefaultIfEmpty(Start).Max();
            var samples = new short[SamplesOf(end - Start)];
            foreach (var piece in _pieces)
            {
                var pcm = Pcm.ToSamples(piece.Pcm.Span);
                var at = SamplesOf(piece.Start - Start);
                pcm.AsSpan(0, (int)Math.Min(pcm.Length, samples.Length - at)).CopyTo(samples.AsSpan((int)at));
            }
            return new WavFile(AudioFormat.OutputRateHz, samples);
        }
    }

    private static long SamplesOf(TimeSpan time) => time.Ticks * AudioFormat.OutputRateHz / TimeSpan.TicksPerSecond;
}
