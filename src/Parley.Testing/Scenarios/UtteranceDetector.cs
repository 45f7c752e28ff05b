using System.Runtime.InteropServices;

namespace Parley.Testing.Scenarios;

/// <summary>
/// Finds utterances by level: speech starts after 60 ms above the threshold and ends after the silence of the setup. It judges the audio alone, not when it
/// arrived.
/// </summary>
internal sealed class UtteranceDetector(double thresholdDb, TimeSpan silence)
{
    private const int FrameSamples = 320, FramesToStart = 3;

    private readonly short[] _frame = new short[FrameSamples];
    private readonly int _framesToEnd = Math.Max(1, (int)Math.Ceiling(silence / TimeSpan.FromMilliseconds(20)));
    private int _filled, _loud, _quiet;
    private long _position;

    internal bool IsSpeaking { get; private set; }

    /// <summary>Position after the last frame that was speech.</summary>
    internal long LastSpeech { get; private set; }

    /// <param name="pcm">16 kHz PCM16.</param>
    /// <param name="started">Called with the first sample of speech.</param>
    /// <param name="ended">Called with the position after the last one.</param>
    internal void Process(ReadOnlySpan<byte> pcm, Action<long> started, Action<long> ended)
    {
        foreach (var sample in MemoryMarshal.Cast<byte, short>(pcm))
        {
            _frame[_filled++] = sample;
            if (_filled < FrameSamples)
                continue;
            _filled = 0;
            _position += FrameSamples;
            var isLoud = AudioLevel.Db(_frame) >= thresholdDb;
            (_loud, _quiet) = isLoud ? (_loud + 1, 0) : (0, _quiet + 1);
            if (isLoud)
                LastSpeech = _position;
            if (!IsSpeaking && _loud == FramesToStart)
            {
                IsSpeaking = true;
                started(_position - (FramesToStart * FrameSamples));
            }
            else if (IsSpeaking && _quiet == _framesToEnd)
            {
                End(ended);
            }
        }
    }

    /// <summary>The stream ended or stopped: what was speech ends too.</summary>
    internal void End(Action<long> ended)
    {
        if (!IsSpeaking)
            return;
        (IsSpeaking, _loud, _quiet) = (false, 0, 0);
        ended(LastSpeech);
    }
}
