namespace Parley.Speech.Worker.Recognition;

/// <summary>
/// Two searches over the same audio: free English by the language model, and the expected phrases by a grammar. A grammar matches one of
/// its sentences to anything, so its match is accepted only if free decoding gives nearly the same words, or if the sounds support it:
/// then a third search, of phones in any order, has heard nearly its phones, and its acoustic score is near that of free decoding.
/// </summary>
internal sealed class SphinxDecoder : IDecoder
{
    // Accepts 2 % of sentences outside the grammar. At 0.3 it was 6 %; at 0.6 a sixth of those inside are rejected.
    private const double Agreement = 0.5;

    // Phones that two texts share, from 0 to 1, plus the difference of their acoustic scores by this divisor. Both values are fitted to
    // synthesized voices inside and outside the grammar and to recorded prompts: none of 200 sentences outside passes.
    private const double PhoneAgreement = 0.39;
    private const double ScoresPerAgreement = 170;

    // What free decoding heard may fit the phones better by this much. If it fits much better, it is what was said.
    private const double FreeAdvantage = 0.1;

    // What fewer phones say can be heard in anything.
    private const int MinPhones = 5;

    // No phrase takes longer, and two searches fewer are cheaper.
    private const int LongestPhraseSamples = 12 * 16_000;

    // Memory grows with the utterance. A long one is split at the first pause after 20 s, at 40 s at the latest.
    private const int LongSamples = 20 * 16_000;
    private const int LongestSamples = 40 * 16_000;
    private const int QuietSample = 400;

    // The transcript so far is read at most ten times a second.
    private const int SamplesBetweenPartials = 1_600;

    private readonly SphinxLibrary _library;
    private readonly string _modelDirectory;
    private readonly SphinxSearch _free;
    private readonly TelephoneBand _band = new();
    private readonly List<string> _said = [];
    private readonly Dictionary<string, string[]> _pronunciations = [];
    private SphinxSearch? _grammar;
    private SphinxSearch? _phones;
    private string? _grammarText;
    private bool _useGrammar;
    private string _partial = "";
    private int _samples;
    private int _samplesSincePartial;

    /// <summary>Loads the model: half a second, about 100 MB.</summary>
    /// <param name="modelDirectory">Folder of the acoustic model, the language model and the dictionary, laid out as in Debian's
    /// pocketsphinx-en-us.</param>
    /// <exception cref="InvalidOperationException">The library or the model is missing.</exception>
    public SphinxDecoder(string modelDirectory)
    {
        if (!SphinxLibrary.TryGet(out var library, out var problem))
            throw new InvalidOperationException(problem);
        (_library, _modelDirectory) = (library, modelDirectory);
        _free = Load("-lm", Path.Combine(modelDirectory, "en-us.lm.bin"), "-maxhmmpf", "3000", "-dict", Dictionary);
    }

    /// <summary>Returns what is missing of a model; null if it is complete.</summary>
    public static string? ProblemOf(string modelDirectory)
    {
        foreach (var part in (string[])["en-us/mdef", "en-us.lm.bin", "cmudict-en-us.dict"])
        {
            if (!File.Exists(Path.Combine(modelDirectory, part)))
                return $"{Path.Combine(modelDirectory, part)} not found";
        }

        return null;
    }

    public IReadOnlyList<string> Begin(IReadOnlyList<string> phrases, ReadOnlySpan<float> speaker)
    {
        _said.Clear();
        _partial = "";
        _samples = _samplesSincePartial = 0;
        _band.Begin();
        var refused = new List<string>();
        _useGrammar = TryUseGrammar(phrases, refused);
        _free.Begin(speaker);
        if (_useGrammar)
        {
            _grammar!.Begin(speaker);
            _phones!.Begin(speaker);
        }
        return refused;
    }

    public string Accept(ReadOnlySpan<short> samples)
    {
        samples = _band.Process(samples);
        _free.Accept(samples);
        if (_useGrammar)
        {
            _grammar!.Accept(samples);
            _phones!.Accept(samples);
            if (_samples > LongestPhraseSamples)
                DropGrammar();
        }
        _samples += samples.Length;
        _samplesSincePartial += samples.Length;
        if (_samples >= LongestSamples || (_samples >= LongSamples && !samples.ContainsAnyExceptInRange((short)-QuietSample, (short)QuietSample)))
            Cut();
        if (_samplesSincePartial >= SamplesBetweenPartials)
        {
            _samplesSincePartial = 0;
            _partial = Joined(_free.Hypothesis());
        }
        return _partial;
    }

    public string Peek() => Chosen(Joined(_free.Hypothesis()));

    public Decoded Finish()
    {
        _free.End();
        if (_useGrammar)
        {
            _grammar!.End();
            _phones!.End();
        }
        return new Decoded(Chosen(Joined(_free.Hypothesis())), _free.Speaker());
    }

    public void Dispose()
    {
        _free.Dispose();
        _grammar?.Dispose();
        _phones?.Dispose();
    }

    private string Chosen(string heard)
    {
        if (!_useGrammar)
            return heard;
        var expected = _grammar!.Hypothesis();
        // Where free decoding hears no words there are none: a cough is no phrase.
        return expected.Length > 0 && heard.Length > 0 && (WordSimilarity.Of(expected, heard) >= Agreement || SoundsAgree(expected, heard)) ? expected : heard;
    }

    private bool SoundsAgree(string expected, string free)
    {
        string[] phones = [.. WordSimilarity.Words(expected).SelectMany(PhonesOf)];
        if (phones.Length < MinPhones || _grammar!.AcousticScore() is not { } expectedScore || _free.AcousticScore() is not { } freeScore)
            return false;
        string[] heard = [.. WordSimilarity.Words(_phones!.Hypothesis()).Where(PhoneSimilarity.IsPhone)];
        var similarity = PhoneSimilarity.Of(phones, heard);
        return similarity + ((expectedScore - freeScore) / ScoresPerAgreement) >= PhoneAgreement
            && similarity >= PhoneSimilarity.Of([.. WordSimilarity.Words(free).SelectMany(PhonesOf)], heard) - FreeAdvantage;
    }

    private string[] PhonesOf(string word)
    {
        if (!_pronunciations.TryGetValue(word, out var phones))
            _pronunciations[word] = phones = WordSimilarity.Words(_free.Pronunciation(word) ?? "");
        return phones;
    }

    private bool TryUseGrammar(IReadOnlyList<string> phrases, List<string> refused)
    {
        if (phrases.Count == 0 || PhraseGrammar.Build(phrases, _free.Knows, refused) is not { } text)
            return false;
        // The scores of two searches can be compared only if both compute those of all sounds. The beams are wide enough for a voice that
        // the model does not know.
        _grammar ??= Load("-compallsen", "yes", "-beam", "1e-80", "-wbeam", "1e-56", "-pbeam", "1e-80", "-dict", Dictionary);
        if (_phones is null)
        {
            _phones = Load("-allphone_ci", "yes", "-beam", "1e-10", "-wbeam", "1e-5", "-pbeam", "1e-5");
            if (!_phones.TrySetPhoneLoop())
                throw new InvalidOperationException("pocketsphinx could not set up its search for phones.");
        }
        if (text == _grammarText)
            return true;
        _grammarText = _grammar.TrySetGrammar(text) ? text : null;
        if (_grammarText is null)
            refused.Add("The grammar of all phrases was refused.");
        return _grammarText is not null;
    }

    // No phrase is that long: after a split only free decoding is used.
    private void Cut()
    {
        _free.End();
        _said.Add(_free.Hypothesis());
        _free.Begin(_free.Speaker());
        DropGrammar();
        _samples = 0;
    }

    private void DropGrammar()
    {
        if (_useGrammar)
        {
            _grammar!.End();
            _phones!.End();
        }
        _useGrammar = false;
    }

    private string Joined(string last) => _said.Count == 0 ? last : string.Join(' ', _said.Append(last).Where(text => text.Length > 0));

    private string Dictionary => Path.Combine(_modelDirectory, "cmudict-en-us.dict");

    private SphinxSearch Load(params string[] more) => new(
        _library,
        [
            "-hmm", Path.Combine(_modelDirectory, "en-us"),
            "-cmn", "live", "-fwdflat", "no", .. more,
        ]);
}
