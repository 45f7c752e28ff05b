using System.Runtime.InteropServices;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>A request on its way to an engine, and its audio.</summary>
internal sealed class VoiceJob(VoiceRequest request)
{
    /// <summary>The most samples of one request: a minute and a half at 48 kHz.</summary>
    public const int MaxSamples = 90 * 48_000;

    private readonly TaskCompletionSource<short[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<short> _samples = [];
    private volatile bool _cancelled;

    public VoiceRequest Request => request;

    /// <summary>The audio, when it is complete; no samples if it was cancelled.</summary>
    public Task<short[]> Audio => _done.Task;

    public bool IsCancelled => _cancelled;

    public void Cancel() => _cancelled = true;

    /// <summary>Forgets what a failed engine gave.</summary>
    public void Restart() => _samples.Clear();

    public void Add(ReadOnlySpan<byte> part)
    {
        if (_samples.Count + (part.Length / sizeof(short)) > MaxSamples)
            throw new SpeechEngineException("The engine gave too much audio for one clause.");
        _samples.AddRange(MemoryMarshal.Cast<byte, short>(part));
    }

    public void Complete() => _done.TrySetResult([.. _samples]);

    public void Fail(Exception problem) =>
        _done.TrySetException(problem as SpeechEngineException ?? new SpeechEngineException($"Speaking failed: {problem.Message}", problem));
}
