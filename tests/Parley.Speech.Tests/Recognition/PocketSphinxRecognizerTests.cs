namespace Parley.Speech.Tests;

public sealed class PocketSphinxRecognizerTests : IDisposable
{
    private static readonly SpeechVoice Kal = new() { Name = "kal", BaseVoice = "kal16" };

    private readonly List<IDisposable> _disposables = [];

    public void Dispose() => _disposables.ForEach(disposable => disposable.Dispose());

    [Theory]
    [InlineData(EngineIsolation.Process)]
    [InlineData(EngineIsolation.InProcess)]
    public async Task What_people_read_from_books_is_understood_as_well_as_the_engine_can(EngineIsolation isolation) =>
        Assert.InRange(await Create(isolation).WordErrorRateAsync(Recordings.Books), 0, 0.40);

    [Fact]
    public async Task Phrases_make_commands_exact()
    {
        var recognizer = Create();
        // The free search hears nothing like the first of the cards, so the grammar is not believed there.
        foreach (var (sound, words) in Recordings.Cards.Skip(1))
            Assert.Equal(words, await recognizer.RecognizeAsync(sound, Recordings.CardPhrases));
        Assert.Equal("go forward ten meters", await recognizer.RecognizeAsync(Recordings.GoForward, "go (forward | backward) (one | ten | twenty) meters"));
    }

    [Fact]
    public async Task A_synthetic_voice_is_understood()
    {
        var sound = await Flite().SayAsync("turn on the lights in the kitchen", Kal);
        Assert.Equal("turn on the lights in the kitchen", await Create().RecognizeAsync(sound, "(turn | switch) (on | off) [the] lights [in the (kitchen | bedroom)]"));
    }

    [Fact]
    public async Task What_is_outside_the_phrases_is_not_forced_into_them()
    {
        var sound = await Flite().SayAsync("the quick brown fox jumps over the lazy dog", Kal);
        var text = await Create().RecognizeAsync(sound, "turn (on | off) the lights", "what time is it");
        Assert.Contains("fox", text, StringComparison.Ordinal);
    }

    private PocketSphinxRecognizer Create(EngineIsolation isolation = EngineIsolation.Process, int decoders = 1)
    {
        if (!PocketSphinxRecognizer.TryCreate(new() { Isolation = isolation, MaxDecoders = decoders }, null, null, out var recognizer, out var problem))
            Assert.Skip($"{problem}. Install the Debian packages libpocketsphinx3 and pocketsphinx-en-us to run this test.");
        _disposables.Add(recognizer);
        return recognizer;
    }

    private FliteSynthesizer Flite()
    {
        if (!FliteSynthesizer.TryCreate(out var flite, out var problem))
            Assert.Skip($"{problem}. Install the Debian package libflite1 to run this test.");
        _disposables.Add(flite);
        return flite;
    }
}
