using System.Runtime.InteropServices;

namespace Parley.Speech.Worker.Recognition;

/// <summary>One native decoder: audio in, most likely words out. One thread at a time.</summary>
internal sealed unsafe class SphinxSearch(SphinxLibrary library, params string[] options) : IDisposable
{
    private readonly nint _decoder = library.Create(options);
    private float[]? _stranger;
    private bool _isOpen;

    public bool Knows(string word) => library.Knows(_decoder, word);

    /// <summary>The phones of a word, separated by spaces; null if the dictionary does not have it.</summary>
    public string? Pronunciation(string word) => library.Pronunciation(_decoder, word);

    /// <summary>Recognizes phones in any order from now on.</summary>
    public bool TrySetPhoneLoop()
    {
        End();
        return library.TrySetPhoneLoop(_decoder);
    }

    /// <summary>Mean acoustic score of a frame after the end; null if nothing was recognized.</summary>
    public double? AcousticScore() => library.AcousticScore(_decoder);

    public bool TrySetGrammar(string jsgf)
    {
        End();
        return library.TrySetGrammar(_decoder, jsgf);
    }

    /// <summary>Begins an utterance; an open one is discarded.</summary>
    /// <param name="speaker">The value of <see cref="Speaker"/> after the speaker's last utterance; empty for an unknown speaker.</param>
    public void Begin(ReadOnlySpan<float> speaker)
    {
        End();
        // Otherwise the decoder keeps the mean of the previous speaker.
        _stranger ??= Speaker();
        library.SetCepstralMean(_decoder, speaker.Length == _stranger.Length ? speaker : _stranger);
        if (library.StartStream(_decoder) != 0 || library.StartUtterance(_decoder) != 0)
            throw new InvalidOperationException("pocketsphinx failed to start an utterance.");
        _isOpen = true;
    }

    public void Accept(ReadOnlySpan<short> samples)
    {
        fixed (short* first = samples)
        {
            if (library.Process(_decoder, first, (nuint)samples.Length, 0, 0) < 0)
                throw new InvalidOperationException("pocketsphinx failed to process audio.");
        }
    }

    /// <summary>The transcript so far, or the final one after the end.</summary>
    public string Hypothesis()
    {
        int score;
        return Marshal.PtrToStringUTF8((nint)library.Hypothesis(_decoder, &score)) ?? "";
    }

    /// <summary>
    /// The cepstral mean after the utterance: it characterises speaker and microphone, and is subtracted from the features.
    /// </summary>
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
