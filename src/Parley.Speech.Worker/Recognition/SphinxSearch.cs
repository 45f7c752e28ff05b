using System.Runtime.InteropServices;

namespace Parley.Speech.Worker;

/// <summary>One native decoder: sound in, the likeliest words out. One thread at a time.</summary>
internal sealed unsafe class SphinxSearch(SphinxLibrary library, params string[] options) : IDisposable
{
    private readonly nint _decoder = library.Create(options);
    private float[]? _stranger;
    private bool _isOpen;

    public bool Knows(string word) => library.Knows(_decoder, word);

    public bool TrySetGrammar(string jsgf)
    {
        End();
        return library.TrySetGrammar(_decoder, jsgf);
    }

    /// <summary>Begins an utterance; one that is open is given up.</summary>
    /// <param name="speaker">What <see cref="Speaker"/> gave after the speaker's last utterance; empty for a stranger.</param>
    public void Begin(ReadOnlySpan<float> speaker)
    {
        End();
        // The decoder itself would go on from whoever spoke last.
        _stranger ??= Speaker();
        library.SetCepstralMean(_decoder, speaker.Length == _stranger.Length ? speaker : _stranger);
        if (library.StartStream(_decoder) != 0 || library.StartUtterance(_decoder) != 0)
            throw new InvalidOperationException("pocketsphinx did not begin an utterance.");
        _isOpen = true;
    }

    public void Accept(ReadOnlySpan<short> samples)
    {
        fixed (short* first = samples)
            if (library.Process(_decoder, first, (nuint)samples.Length, 0, 0) < 0)
                throw new InvalidOperationException("pocketsphinx refused sound.");
    }

    /// <summary>The words so far, or those of the utterance once it ended.</summary>
    public string Hypothesis()
    {
        int score;
        return Marshal.PtrToStringUTF8((nint)library.Hypothesis(_decoder, &score)) ?? "";
    }

    /// <summary>What is known of speaker and microphone after the utterance: the mean of the sound's features, which is taken off before they are compared.</summary>
    public float[] Speaker() => library.CepstralMean(_decoder);

    public void End()
    {
        if (_isOpen)
            library.EndUtterance(_decoder);
        _isOpen = false;
    }

    public void Dispose()
    {
        End();
        library.Free(_decoder);
    }
}
