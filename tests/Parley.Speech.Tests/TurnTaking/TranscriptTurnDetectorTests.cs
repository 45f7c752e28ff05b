using CsCheck;
using Parley.Speech.TurnTaking;

namespace Parley.Speech.Tests.TurnTaking;

public sealed class TranscriptTurnDetectorTests : IDisposable
{
    private readonly TranscriptTurnDetector _detector = new();

    public void Dispose() => _detector.Dispose();

    [Theory]
    [InlineData("What time is it?")]
    [InlineData("Turn on the lights.")]
    [InlineData("what is the weather in paris")]
    [InlineData("can you call my mother")]
    [InlineData("stop")]
    [InlineData("Yes")]
    [InlineData("thank you")]
    [InlineData("turn the lights off please")]
    [InlineData("that was all thank you")]
    [InlineData("Danke")]
    public void Complete_words_shorten_the_silence(string words) => Assert.Equal(440, SilenceFor(words), 1.0);

    [Theory]
    [InlineData("turn on the")]
    [InlineData("i would like to go to")]
    [InlineData("call my")]
    [InlineData("a table for two and")]
    [InlineData("what is the weather in paris and")]
    [InlineData("so um")]
    [InlineData("my number is four nine")]
    [InlineData("my number is four nine one two seven")]
    [InlineData("it costs three point")]
    [InlineData("What is,")]
    [InlineData("Well...")]
    [InlineData("schalte das Licht an und")]
    [InlineData("what is the weather in")]
    [InlineData("a story about a dragon and it")]
    [InlineData("the weather yesterday was")]
    public void Incomplete_words_lengthen_the_silence(string words) => Assert.Equal(1_600, SilenceFor(words), 1.0);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("turn the lights on")]
    [InlineData("play some music")]
    [InlineData("what are you waiting for")]
    [InlineData("it was in nineteen eighty four")]
    [InlineData("le chat")]
    [InlineData("tell me a story about it")]
    [InlineData("turn it on")]
    public void Other_words_keep_the_silence(string words) => Assert.Equal(800, SilenceFor(words), 1.0);

    [Fact]
    public void Any_words_give_a_probability()
    {
        var words = Gen.OneOf(Gen.String, Gen.OneOf(Gen.Const("the"), Gen.Const("um"), Gen.Const("stop"), Gen.Const("what"), Gen.Const("is"), Gen.Const("please"), Gen.Const("one"), Gen.Const("?"), Gen.Const("…"), Gen.Const("\uD800"), Gen.Const("\0")).Array[0, 12].Select(all => string.Join(' ', all)));
        words.Sample(text => Assert.InRange(Rate(text), 0, 1));
    }

    [Fact]
    public void The_same_words_are_rated_once()
    {
        var state = new TurnState("turn on the", TimeSpan.Zero, TimeSpan.FromSeconds(1), null, false);
        _detector.GetEndProbability(state);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            _detector.GetEndProbability(state);
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
    }

    private double SilenceFor(string words) => new EndpointingPolicy(TimeSpan.FromMilliseconds(800), MayShorten: true).SilenceFor(Rate(words)).TotalMilliseconds;

    private float Rate(string words) => _detector.GetEndProbability(new TurnState(words, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), null, false));
}
