using Parley.Speech;

namespace Parley.Cascade.Tests;

/// <summary>A recognizer whose transcripts are given by the test. <see cref="Utterances"/> records every recognition.</summary>
internal sealed class FakeRecognizer(Func<FakeRecognition, CancellationToken, ValueTask<Transcript>>? finish = null) : ISpeechRecognizer
{
    public string Name => "fake";

    public bool HasStablePartials { get; init; }

    internal EventLog<FakeRecognition> Utterances { get; } = new();

    /// <summary>Called at the start of a recognition, with the number of earlier ones.</summary>
    internal Action<int>? Starting { get; init; }

    /// <summary>The transcript of a recognition that is asked before its end; null: it has none.</summary>
    internal string? Peek { get; set; }

    internal static FakeRecognizer Hearing(params string[] texts)
    {
        var next = 0;
        return new FakeRecognizer((_, _) => new(new Transcript(texts[Math.Min(next++, texts.Length - 1)])));
    }

    public IRecognition Start(RecognitionRequest request)
    {
        Starting?.Invoke(Utterances.Snapshot.Count);
        var recognition = new FakeRecognition(this, request);
        Utterances.Add(recognition);
        return recognition;
    }

    internal ValueTask<Transcript> FinishAsync(FakeRecognition recognition, CancellationToken cancellationToken) =>
        finish?.Invoke(recognition, cancellationToken) ?? new(Transcript.Empty);
}

internal sealed class FakeRecognition(FakeRecognizer recognizer, RecognitionRequest request) : IRecognition
{
    internal RecognitionRequest Request => request;

    internal List<short> Heard { get; } = [];

    internal TimeSpan Length => PcmFormat.Hz16000.DurationOf(Heard.Count);

    internal bool Disposed { get; private set; }

    /// <summary>Reports a partial transcript, as an engine does from its own thread.</summary>
    internal void Understand(string partial) => request.Partial!(partial);

    public void Accept(ReadOnlySpan<short> samples) => Heard.AddRange(samples);

    internal int Peeks { get; private set; }

    public ValueTask<Transcript?> PeekAsync(CancellationToken cancellationToken = default)
    {
        Peeks++;
        return new(recognizer.Peek is { } text ? new Transcript(text) : null);
    }

    public ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default) =>
        recognizer.FinishAsync(this, cancellationToken);

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return default;
    }
}
