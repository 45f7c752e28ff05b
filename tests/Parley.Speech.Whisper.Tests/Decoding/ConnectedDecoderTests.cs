using Parley.Speech.Whisper.Decoding;
using Parley.Speech.Workers;

namespace Parley.Speech.Whisper.Tests.Decoding;

/// <summary>The real engine with generated models, in a worker process and on a thread.</summary>
public sealed class ConnectedDecoderTests(ModelFiles models) : IClassFixture<ModelFiles>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<bool> Places => [true, false];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_model_says_what_it_is_wired_to_say(bool isApart)
    {
        using var decoder = Start(models.Talking, isApart);

        var result = decoder.Decode(Request(1), Sounds.Speech(2));

        Assert.Equal(ModelFiles.Sentence, result.Text.Trim());
        Assert.Equal("en", result.Language);
        Assert.Equal([" hello", " there", " this", " is", " a", " test."], result.Tokens.Select(static token => token.Text));
        Assert.InRange(result.AverageLogProbability, -0.1, 0);
        Assert.InRange(result.NoSpeech, 0, 0.1);
        Assert.True(result.Elapsed > TimeSpan.Zero);
        Assert.Equal(isApart, decoder.ProcessId > 0);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(512)]
    [InlineData(1_500)]
    [InlineData(9_999)]
    public void Encoder_contexts_of_any_length_are_accepted(int audioContext)
    {
        using var decoder = Start(models.Talking);
        Assert.Equal(ModelFiles.Sentence, decoder.Decode(Request(1) with { AudioContext = audioContext }, Sounds.Speech(1)).Text.Trim());
    }

    [Fact]
    public void Very_short_and_very_long_audio_is_accepted()
    {
        using var decoder = Start(models.Talking);
        Assert.Equal(ModelFiles.Sentence, decoder.Decode(Request(1), []).Text.Trim());
        Assert.Equal(ModelFiles.Sentence, decoder.Decode(Request(2), new short[1]).Text.Trim());
        Assert.Equal(ModelFiles.Sentence, decoder.Decode(Request(3) with { AudioContext = 1_500 }, new short[DecodeRequest.MaxSamples]).Text.Trim());
    }

    [Fact]
    public void A_prompt_precedes_the_text_and_is_no_part_of_it()
    {
        using var decoder = Start(models.Talking);
        Assert.Equal(ModelFiles.Sentence, decoder.Decode(Request(1) with { Prompt = string.Concat(Enumerable.Repeat("words before ", 40)) }, Sounds.Speech(1)).Text.Trim());
        Assert.Equal(ModelFiles.Sentence, decoder.Decode(Request(2) with { Prompt = "\0\u2028👋 ()" }, Sounds.Speech(1)).Text.Trim());
    }

    [Fact]
    public void A_language_is_detected_or_given()
    {
        using var decoder = Start(models.German);
        Assert.Equal("de", decoder.Decode(Request(1) with { Language = null }, Sounds.Speech(2)).Language);
        Assert.Equal("fr", decoder.Decode(Request(2) with { Language = "fr" }, Sounds.Speech(2)).Language);
    }

    [Fact]
    public void A_text_without_end_is_cut_at_the_most_tokens()
    {
        using var decoder = Start(models.Rambling);
        Assert.InRange(decoder.Decode(Request(1) with { MaxTokens = 10 }, Sounds.Speech(2)).Tokens.Count, 1, 11);
    }

    [Fact]
    public void A_model_that_hears_nobody_says_so()
    {
        using var decoder = Start(models.Create("silent.bin", static () => TinyWhisper.Create(sentence: ModelFiles.Sentence, noSpeech: true)));
        Assert.InRange(decoder.Decode(Request(1), Sounds.Speech(2)).NoSpeech, 0.9, 1);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_cancelled_request_ends_without_a_text_and_the_next_one_is_served(bool isApart)
    {
        using var decoder = Start(models.Talking, isApart);

        decoder.Cancel(5);
        Assert.True(decoder.Decode(Request(5), Sounds.Speech(10)).IsCancelled);

        decoder.Cancel(5);
        Assert.Equal(ModelFiles.Sentence, decoder.Decode(Request(6), Sounds.Speech(2)).Text.Trim());
    }

    [Fact]
    public void A_test_model_of_whisper_cpp_loads_and_says_nothing()
    {
        var path = Path.Combine(Sounds.SharedModels, "for-tests-ggml-tiny.en.bin");
        Assert.SkipUnless(File.Exists(path), "The test model of whisper.cpp is not on this machine.");
        using var decoder = Start(path);
        Assert.Equal("", decoder.Decode(Request(1), Sounds.Speech(2)).Text);
    }

    private static ConnectedDecoder Start(string model, bool isApart = true)
    {
        WorkerHost? host = null;
        if (isApart)
            Assert.True(WorkerHost.TryFind(out host, out var problem), problem);
        return ConnectedDecoder.Start(host, model, Patience, TimeProvider.System);
    }

    private static DecodeRequest Request(int number) => new(number, "en", "", 256, 1, 40, 0);
}
