using CsCheck;
using Parley.Speech.TurnTaking;

namespace Parley.Speech.Tests.TurnTaking;

public sealed class TranscriptTurnDetectorTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(800);

    private readonly TranscriptTurnDetector _judge = new();

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
    public void Complete_words_shorten_the_silence(string words) => Assert.InRange(_judge.GetEndOfTurnSilence(words, Silence).TotalMilliseconds, 300, 500);

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
    public void Incomplete_words_lengthen_the_silence(string words) => Assert.InRange(_judge.GetEndOfTurnSilence(words, Silence).TotalMilliseconds, 1_200, 3_000);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("turn the lights on")]
    [InlineData("play some music")]
    [InlineData("what are you waiting for")]
    [InlineData("it was in nineteen eighty four")]
    [InlineData("le chat")]
    public void Other_words_keep_the_silence(string words) => Assert.Equal(Silence, _judge.GetEndOfTurnSilence(words, Silence));

    [Fact]
    public void Any_words_and_any_silence_give_a_silence_between_the_bounds_or_the_one_given()
    {
        var words = Gen.OneOf(Gen.String, Gen.OneOf(Gen.Const("the"), Gen.Const("um"), Gen.Const("stop"), Gen.Const("what"), Gen.Const("is"), Gen.Const("please"), Gen.Const("one"), Gen.Const("?"), Gen.Const("…"), Gen.Const("\uD800"), Gen.Const("\0")).Array[0, 12].Select(all => string.Join(' ', all)));
        Gen.Select(words, Gen.Int[0, 10_000]).Sample((text, milliseconds) =>
        {
            var given = TimeSpan.FromMilliseconds(milliseconds);
            var judged = _judge.GetEndOfTurnSilence(text, given);
            Assert.True(judged == given || (judged < given && judged >= TranscriptTurnDetector.Shortest) || (judged > given && judged <= TranscriptTurnDetector.Longest), $"{text}: {given} -> {judged}");
        });
    }
}
