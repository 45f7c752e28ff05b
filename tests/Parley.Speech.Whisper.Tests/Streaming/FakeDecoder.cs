using System.Collections.Concurrent;
using Parley.Speech.Whisper.Decoding;

namespace Parley.Speech.Whisper.Tests.Streaming;

/// <summary>
/// A decoder whose passes a test sees and ends: <see cref="Next"/> waits for a pass, and the pass waits for its answer. Nothing depends on
/// time.
/// </summary>
internal sealed class FakeDecoder : IWhisperDecoder
{
    private readonly BlockingCollection<Pass> _passes = [];
    private Pass? _current;

    public int ProcessId => 0;

    public bool IsDisposed { get; private set; }

    /// <summary>Waits until the queue gives a pass to the decoder.</summary>
    public Pass Next() => _passes.Take(TestContext.Current.CancellationToken);

    /// <summary>Whether no pass was given to the decoder that the test has not taken.</summary>
    public bool IsIdle => _passes.Count == 0;

    public DecodeResult Decode(in DecodeRequest request, ReadOnlySpan<short> audio)
    {
        var pass = new Pass(request, audio.Length);
        Volatile.Write(ref _current, pass);
        _passes.Add(pass);
        return pass.Wait();
    }

    public void Cancel(int number)
    {
        if (Volatile.Read(ref _current) is { } pass && pass.Request.Number == number)
            pass.Cancel();
    }

    public void Dispose()
    {
        IsDisposed = true;
        Volatile.Read(ref _current)?.Fail(new SpeechEngineException("The decoder was ended."));
    }

    /// <summary>One pass over audio.</summary>
    internal sealed class Pass(DecodeRequest request, int samples)
    {
        private readonly TaskCompletionSource<DecodeResult> _result = new();
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DecodeRequest Request => request;

        /// <summary>How much audio it got, in seconds.</summary>
        public double Seconds => samples / 16_000.0;

        /// <summary>Completes when somebody cancels the pass, which ends it.</summary>
        public Task Cancelled => _cancelled.Task;

        public void Answer(string text, float logProbability = -0.1f, float noSpeech = 0, string language = "en") => _result.TrySetResult(new DecodeResult
        {
            Text = text, Language = language, NoSpeech = noSpeech, Elapsed = TimeSpan.FromMilliseconds(10),
            Tokens = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new DecodedToken(word, logProbability))],
        });

        public void Fail(Exception exception) => _result.TrySetException(exception);

        public void Cancel()
        {
            _result.TrySetResult(DecodeResult.Cancelled);
            _cancelled.TrySetResult();
        }

        public DecodeResult Wait() => _result.Task.GetAwaiter().GetResult();
    }
}
