using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Recognition;

namespace Parley.Speech.Tests;

public sealed class FallbackRecognizerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Canned _second = new("second");

    [Fact]
    public async Task The_first_recognizer_is_used()
    {
        Assert.Equal("first", await Create(new Canned("first")).RecognizeAsync(Signals.Silence(100)));
        Assert.Equal(0, _second.Heard);
    }

    [Fact]
    public async Task A_failed_recognizer_is_replaced_for_the_whole_utterance()
    {
        Assert.Equal("second", await Create(new Canned(null)).RecognizeAsync(Signals.Silence(100)));
        Assert.Equal(1_600, _second.Heard);
    }

    [Fact]
    public async Task A_late_recognizer_is_replaced_for_the_whole_utterance()
    {
        var text = Create(new Canned("first", isLate: true)).RecognizeAsync(Signals.Silence(100));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("second", await text);
    }

    [Fact]
    public async Task The_absent_recognizer_returns_empty_transcripts()
    {
        Assert.Equal("", await new AbsentRecognizer().RecognizeAsync(Signals.Voice(500)));
        Assert.Equal("none", new AbsentRecognizer().Name);
    }

    private FallbackRecognizer Create(Canned first) => new(first, _second, TimeSpan.FromSeconds(5), _time);

    /// <summary>Always returns one text, or fails.</summary>
    private sealed class Canned(string? text, bool isLate = false) : ISpeechRecognizer
    {
        public string Name => "canned";

        public int Heard { get; private set; }

        public IRecognition Start(RecognitionRequest request) => new Recognition(this);

        private sealed class Recognition(Canned owner) : IRecognition
        {
            private int _heard;

            public void Accept(ReadOnlySpan<short> samples) => _heard += samples.Length;

            public async ValueTask<Transcript> FinishAsync(CancellationToken cancellationToken = default)
            {
                owner.Heard = _heard;
                if (owner.IsLate)
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return owner.Text is { } text ? new Transcript(text) : throw new SpeechEngineException("It broke.");
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }

        private bool IsLate => isLate;

        private string? Text => text;
    }
}
