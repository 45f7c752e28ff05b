namespace Parley.Speech.Tests;

internal static class Speaking
{
    /// <summary>Texts that synthesizers receive in practice but cannot speak.</summary>
    public static readonly TheoryData<string, string> HostileTexts = new()
    {
        { "nothing", "" },
        { "white space", " \t\r\n  " },
        { "control characters", string.Concat(Enumerable.Range(0, 160).Select(i => (char)i)) },
        { "emoji", "Hi 👋🏽 there 👩‍👩‍👧‍👦 🇩🇪!" },
        { "lone surrogates", "a\ud800b\udc00 \udfff\ud800" },
        { "other scripts", "こんにちは。Привет! مرحبا ก็ดี" },
        { "10,000 letters without a space", new string('a', 10_000) },
        { "10,000 mixed letters without a space", string.Concat(Enumerable.Range(0, 10_000).Select(i => (char)('a' + (i * 7 % 26)))) },
        { "a thousand digits", string.Concat(Enumerable.Range(0, 1_000).Select(i => (char)('0' + (i % 10)))) },
        { "marks only", new string('.', 3_000) + "!?,;:-()[]'\"" },
        { "format strings and markup", "%s%n%d <speak><prosody rate='999'>x</prosody> \\x00 ${jndi} (Intro \"x)" },
    };

    public static async Task<short[]> CollectAsync(this ISpeechSynthesizer synthesizer, string text, SpeechVoice? voice = null)
    {
        var samples = new List<short>();
        await foreach (var chunk in synthesizer.SpeakAsync(text, voice ?? VoiceCatalog.Default, TestContext.Current.CancellationToken))
        {
            Assert.InRange(PcmFormat.Hz24000.DurationOfBytes(chunk.Length), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100));
            samples.AddRange(Pcm.ToSamples(chunk.Span));
        }
        return [.. samples];
    }
}
