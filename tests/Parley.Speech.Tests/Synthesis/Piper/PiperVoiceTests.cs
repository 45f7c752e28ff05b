using System.Text.Json.Nodes;
using Parley.Speech.Synthesis.Piper;

namespace Parley.Speech.Tests;

public sealed class PiperVoiceTests : IDisposable
{
    private readonly TinyVoices _voices = new();

    public void Dispose() => _voices.Dispose();

    [Fact]
    public void A_description_is_read()
    {
        var voice = PiperVoice.Load(_voices.Piper(speakers: 3, rateHz: 22_050));
        Assert.Equal((22_050, "en-us", "en-US", 3), (voice.RateHz, voice.EspeakVoice, voice.Language, voice.Speakers));
        Assert.Equal((0.667f, 1f, 0.8f), (voice.NoiseScale, voice.LengthScale, voice.NoiseWidth));
        Assert.Equal(2, voice.FindSpeaker("p2"));
        Assert.Equal(1, voice.FindSpeaker("1"));
        Assert.Null(voice.FindSpeaker("3"));
        Assert.Null(voice.FindSpeaker("nobody"));
    }

    [Theory]
    [InlineData("""{"audio":{"sample_rate":"fast"}}""", "audio.sample_rate must be a number")]
    [InlineData("""{"audio":{"sample_rate":1}}""", "audio.sample_rate is 1; it must be 4000 to 192000")]
    [InlineData("""{"audio":[]}""", "audio must be an object")]
    [InlineData("""{"audio":null}""", "audio is missing")]
    [InlineData("""{"espeak":{}}""", "espeak.voice is missing")]
    [InlineData("""{"espeak":{"voice":7}}""", "espeak.voice must be a text")]
    [InlineData("""{"phoneme_type":"pinyin"}""", "phoneme_type is \"pinyin\"; espeak and text are supported")]
    [InlineData("""{"phoneme_id_map":null}""", "phoneme_id_map is missing")]
    [InlineData("""{"phoneme_id_map":{"_":[0],"^":[1]}}""", "phoneme_id_map has no \"$\"")]
    [InlineData("""{"phoneme_id_map":{"_":[0],"^":[1],"$":[99999999999]}}""", "phoneme_id_map.$[0] is 99999999999; it must be 0 to 65536")]
    [InlineData("""{"phoneme_id_map":{"_":[-1]}}""", "phoneme_id_map._[0] is -1")]
    [InlineData("""{"phoneme_id_map":{"_":0}}""", "phoneme_id_map._ must be an array")]
    [InlineData("""{"num_speakers":1e300}""", "num_speakers is 1E+300")]
    [InlineData("""{"inference":{"length_scale":0}}""", "inference.length_scale is 0; it must be 0.1 to 10")]
    [InlineData("""{"phoneme_map":{"a":["b",1]}}""", "phoneme_map.a[1] must be a text")]
    [InlineData("""{"vowel_clusters":"ai"}""", "vowel_clusters must be an array")]
    public void A_wrong_value_is_named(string change, string problem)
    {
        var path = _voices.Piper(change: json =>
        {
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
                json[name] = value?.DeepClone();
        });
        Assert.Contains(problem, Assert.Throws<InvalidOperationException>(() => PiperVoice.Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no description")]
    [InlineData("[]", "must be an object")]
    [InlineData("{\"audio\":", "no description")]
    [InlineData("\u0000\u0001", "no description")]
    public void A_file_that_is_no_description_is_refused(string text, string problem)
    {
        var path = _voices.Piper();
        File.WriteAllText(path + ".json", text);
        Assert.Contains(problem, Assert.Throws<InvalidOperationException>(() => PiperVoice.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_voice_without_description_is_refused()
    {
        var path = _voices.Piper();
        File.Delete(path + ".json");
        Assert.Contains("is missing", Assert.Throws<InvalidOperationException>(() => PiperVoice.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_descriptions_never_cause_another_exception()
    {
        var path = _voices.Piper();
        var whole = File.ReadAllText(path + ".json");
        CsCheck.Check.Sample(
            CsCheck.Gen.Select(CsCheck.Gen.Int[0, whole.Length - 1], CsCheck.Gen.Char["{}[]\":,0e-"]),
            change =>
            {
                File.WriteAllText(path + ".json", whole.Remove(change.Item1, 1).Insert(change.Item1, change.Item2.ToString()));
                try
                {
                    PiperVoice.Load(path);
                }
                catch (InvalidOperationException)
                {
                    // Says what is wrong.
                }
            },
            iter: 100, threads: 1);
    }
}
