using CsCheck;
using Parley.Speech.Whisper.Decoding;
using Parley.Speech.Whisper.Streaming;

namespace Parley.Speech.Whisper.Tests.Streaming;

/// <summary>The pure parts: agreement, guards, prompt, languages, extent of speech.</summary>
public sealed class TranscriptTests
{
    [Theory]
    [InlineData("a b|a b c|a b", "a b")]
    [InlineData("a b c|a b c d|a b x", "a b c")]
    [InlineData("a b|a b|x y|x y", "x y")]
    [InlineData("Hello,|hello world.|Hello world, you", "Hello world,")]
    [InlineData("a|b|c", "")]
    [InlineData("||", "")]
    public void Two_passes_must_agree(string passes, string stable)
    {
        var words = new AgreedWords();
        foreach (var pass in passes.Split('|'))
            words.Add(pass, isComplete: false);
        Assert.Equal(stable, words.Stable);
    }

    [Fact]
    public void A_complete_pass_needs_no_other()
    {
        var words = new AgreedWords();
        words.Add("a b", isComplete: false);
        Assert.Equal("x y z", words.Add("x y z", isComplete: true));
    }

    [Fact]
    public void Stable_words_are_the_beginning_of_some_pass() =>
        Gen.Char["abc"].Select(static letter => letter.ToString()).Array[0, 4].Select(static pass => string.Join(' ', pass)).Array[1, 6].Sample(static passes =>
        {
            var words = new AgreedWords();
            foreach (var pass in passes)
                words.Add(pass, isComplete: false);
            return passes.Any(pass => pass.StartsWith(words.Stable, StringComparison.Ordinal));
        });

    [Theory]
    [InlineData(" What time is it?", -0.2f, 0.1f, "What time is it?")]
    [InlineData(" [BLANK_AUDIO]", -0.2f, 0.1f, "")]
    [InlineData(" (upbeat music)", -0.2f, 0.1f, "")]
    [InlineData("[MUSIC] Hello  there.", -0.2f, 0.1f, "Hello there.")]
    [InlineData("♪ ♪", -0.2f, 0.1f, "")]
    [InlineData(". . .", -0.2f, 0.1f, "")]
    [InlineData("Thanks for watching!", -0.2f, 0.1f, "")]
    [InlineData("Untertitel der Amara.org-Community", -0.2f, 0.1f, "")]
    [InlineData("Thank you.", -0.7f, 0.4f, "")]
    [InlineData("Thank you.", -0.1f, 0.1f, "Thank you.")]
    [InlineData("Turn it off", -1.2f, 0.7f, "")]
    [InlineData("Turn it off", -1.2f, 0.1f, "Turn it off")]
    [InlineData("Turn it off", -0.3f, 0.9f, "Turn it off")]
    [InlineData("Gibberish words here", -2f, 0.1f, "")]
    [InlineData("red green", -0.8f, 0.8f, "")]
    public void What_was_not_heard_is_removed(string text, float logProbability, float noSpeech, string expected) =>
        Assert.Equal(expected, TranscriptGuard.Clean(Result(text, logProbability, noSpeech), "red green, blue."));

    [Theory]
    [InlineData("no no no no", "no no no no")]
    [InlineData("so so so so so so so so", "so")]
    [InlineData("I think I think I think I think", "I think")]
    [InlineData("one two three one two three one two three one", "one two three")]
    [InlineData("Well, it is what it is, it is what it is, it is what it is, it is", "Well, it is what it is,")]
    [InlineData("call 5 5 5 1 2 3 4", "call 5 5 5 1 2 3 4")]
    public void A_loop_is_cut(string text, string expected) => Assert.Equal(expected, TranscriptGuard.WithoutLoops(text));

    [Fact]
    public void Guards_accept_any_text() => Gen.String.Array[0, 30].Sample(static words =>
    {
        var text = string.Join(' ', words);
        Assert.NotNull(TranscriptGuard.Clean(Result(text, -0.2f, 0.1f), ""));
        TranscriptGuard.IsDoubtful(Result(text, -0.2f, 0.1f));
    });

    [Fact]
    public void Improbable_and_looping_texts_are_doubtful()
    {
        Assert.True(TranscriptGuard.IsDoubtful(Result("a b c", -1.1f, 0)));
        Assert.True(TranscriptGuard.IsDoubtful(Result(string.Join(' ', Enumerable.Repeat("la", 20)), -0.1f, 0)));
        Assert.False(TranscriptGuard.IsDoubtful(Result("a b c", -0.5f, 0)));
        Assert.False(TranscriptGuard.IsDoubtful(Result("", 0, 0)));
    }

    [Fact]
    public void A_prompt_has_a_sentence_for_each_rule_and_the_vocabulary_last()
    {
        Assert.Equal("", PromptText.From([]));
        // The rules of functions come first in the list; what is last in the prompt weighs most.
        Assert.Equal("turn the lights, what is the weather in berlin, Grüße, Zephyr.", PromptText.From(
            ["what is the weather in (berlin | new (york | delhi) | rome)", "(turn | switch) the lights", "Grüße", "Zephyr"]));
        Assert.Equal("a.", PromptText.From(["a | b (c | d) e"]));
    }

    [Fact]
    public void A_prompt_stays_short() => Gen.String[0, 300].Array[0, 700].Sample(
        static phrases => PromptText.From(phrases).Length <= PromptText.MaxLength, iter: 20);

    [Theory]
    [InlineData("en-US", "en")]
    [InlineData("pt_BR", "pt")]
    [InlineData("nb-NO", "no")]
    [InlineData("cmn-Hans-CN", "zh")]
    [InlineData("DE", "de")]
    [InlineData("tlh", null)]
    [InlineData("", null)]
    public void Languages_have_codes_of_whisper(string tag, string? code) => Assert.Equal(code, WhisperLanguage.CodeOf(tag));

    [Fact]
    public void Speech_ends_with_its_last_loud_frame()
    {
        var extent = new SpeechExtent();
        Assert.True(extent.IsSilent);
        extent.Append(Sounds.Room(1));
        extent.Append(Sounds.Speech(2));
        extent.Append(Sounds.Room(1));
        Assert.Equal((3 * 16_000) + SpeechExtent.Tail, extent.SpeechEnd);
        Assert.InRange(extent.QuietestCut(0, 64_000), 0, 16_000);
        Assert.False(extent.IsSilent);
    }

    [Fact]
    public void The_extent_does_not_depend_on_the_size_of_the_chunks() => Gen.Int[1, 5_000].Sample(
        static size =>
        {
            short[] sound = [.. Sounds.Room(0.3), .. Sounds.Speech(0.5), .. Sounds.Room(0.7)];
            var (whole, parts) = (new SpeechExtent(), new SpeechExtent());
            whole.Append(sound);
            foreach (var chunk in sound.Chunk(size))
                parts.Append(chunk);
            return whole.SpeechEnd == parts.SpeechEnd;
        },
        iter: 30);

    private static DecodeResult Result(string text, float logProbability, float noSpeech) => new()
    {
        Text = text, NoSpeech = noSpeech,
        Tokens = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new DecodedToken(word, logProbability))],
    };
}
