using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Whisper.Measuring;
using Parley.Speech.Whisper.Streaming;

namespace Parley.Speech.Whisper.Tests.Streaming;

/// <summary>A queue with a decoder that the test answers for, and utterances in it.</summary>
internal sealed class Rig : IDisposable
{
    private readonly List<FakeDecoder> _decoders = [];

    public Rig(WhisperSettings? settings = null)
    {
        Settings = settings ?? new WhisperSettings(IsMultilingual: false, 1_500, 512, TimeSpan.FromSeconds(0.5), null);
        Queue = new DecodeQueue(StartDecoder, threads: 3, Time, static _ => { }, reason =>
        {
            Lost.Add(reason);
            WhenLost?.Invoke();
        });
        Decoder = Loaded.Task.GetAwaiter().GetResult();
    }

    public FakeTimeProvider Time { get; } = new();

    public WhisperSettings Settings { get; }

    public DecodeQueue Queue { get; }

    /// <summary>The first decoder.</summary>
    public FakeDecoder Decoder { get; }

    public RecognizerCounters Counters { get; } = new();

    public List<Exception> Lost { get; } = [];

    /// <summary>Called on the thread of the queue when a decoder is lost.</summary>
    public Action? WhenLost { get; set; }

    /// <summary>Completes with each decoder that is started after the first.</summary>
    public Queue<TaskCompletionSource<FakeDecoder>> Replacements { get; } = [];

    private TaskCompletionSource<FakeDecoder> Loaded { get; } = Awaited();

    /// <summary>A source whose awaiter does not run on the thread of the queue.</summary>
    public static TaskCompletionSource<FakeDecoder> Awaited() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts an utterance.</summary>
    public (WhisperRecognition Recognition, Partials Partials) Start(RecognitionRequest? request = null)
    {
        var partials = new Partials();
        return (new WhisperRecognition(Queue, (request ?? new()) with { Partial = partials.Add }, Settings, Counters, Time), partials);
    }

    public WhisperRecognition StartSilently(RecognitionRequest? request = null) => new(Queue, request ?? new(), Settings, Counters, Time);

    public void Dispose() => Queue.Dispose();

    private FakeDecoder StartDecoder()
    {
        var decoder = new FakeDecoder();
        _decoders.Add(decoder);
        if (_decoders.Count == 1)
            Loaded.SetResult(decoder);
        else if (Replacements.TryDequeue(out var awaited))
            awaited.SetResult(decoder);
        return decoder;
    }
}

/// <summary>The partial transcripts of an utterance.</summary>
internal sealed class Partials
{
    private readonly System.Collections.Concurrent.BlockingCollection<string> _texts = [];

    public int Count => _texts.Count;

    public void Add(string text) => _texts.Add(text);

    public string Next() => _texts.Take(TestContext.Current.CancellationToken);
}
