using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Parley.Speech.Worker.Recognition;

/// <summary>The functions of libpocketsphinx and libsphinxbase in use, loaded once per process.</summary>
internal sealed unsafe class SphinxLibrary
{
    public const string FileName = "libpocketsphinx.so.3";

    private const string BaseFileName = "libsphinxbase.so.3";
    private static readonly Lazy<(SphinxLibrary? Library, string Problem)> Instance = new(Load);

    private readonly delegate* unmanaged[Cdecl]<nint> _arguments;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, int, nint, int, nint> _parseArguments;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _freeArguments;
    private readonly delegate* unmanaged[Cdecl]<nint, nint> _create;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _freeMemory;
    private readonly Lock _creating = new();

    internal readonly delegate* unmanaged[Cdecl]<nint, int> Free;
    internal readonly delegate* unmanaged[Cdecl]<nint, int> StartStream;
    internal readonly delegate* unmanaged[Cdecl]<nint, int> StartUtterance;
    internal readonly delegate* unmanaged[Cdecl]<nint, int> EndUtterance;
    internal readonly delegate* unmanaged[Cdecl]<nint, short*, nuint, int, int, int> Process;
    internal readonly delegate* unmanaged[Cdecl]<nint, int*, byte*> Hypothesis;

    private readonly delegate* unmanaged[Cdecl]<nint, nint> _features;
    private readonly delegate* unmanaged[Cdecl]<nint, float*, void> _mean, _setMean;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int> _setGrammar;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> _setSearch;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, byte*, int> _setPhoneLoop;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nint> _lookUp;
    private readonly delegate* unmanaged[Cdecl]<nint, nint> _firstSegment, _nextSegment;
    private readonly delegate* unmanaged[Cdecl]<nint, int*, int*, void> _segmentFrames;
    private readonly delegate* unmanaged[Cdecl]<nint, int*, int*, int*, int> _segmentScores;

    private SphinxLibrary(nint sphinx, nint sphinxBase)
    {
        _arguments = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(sphinx, "ps_args");
        _parseArguments = (delegate* unmanaged[Cdecl]<nint, nint, int, nint, int, nint>)NativeLibrary.GetExport(sphinxBase, "cmd_ln_parse_r");
        _freeArguments = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(sphinxBase, "cmd_ln_free_r");
        _freeMemory = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(sphinxBase, "ckd_free");
        _create = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(sphinx, "ps_init");
        Free = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(sphinx, "ps_free");
        StartStream = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(sphinx, "ps_start_stream");
        StartUtterance = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(sphinx, "ps_start_utt");
        EndUtterance = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(sphinx, "ps_end_utt");
        Process = (delegate* unmanaged[Cdecl]<nint, short*, nuint, int, int, int>)NativeLibrary.GetExport(sphinx, "ps_process_raw");
        Hypothesis = (delegate* unmanaged[Cdecl]<nint, int*, byte*>)NativeLibrary.GetExport(sphinx, "ps_get_hyp");
        _features = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(sphinx, "ps_get_feat");
        _mean = (delegate* unmanaged[Cdecl]<nint, float*, void>)NativeLibrary.GetExport(sphinxBase, "cmn_live_get");
        _setMean = (delegate* unmanaged[Cdecl]<nint, float*, void>)NativeLibrary.GetExport(sphinxBase, "cmn_live_set");
        _setGrammar = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int>)NativeLibrary.GetExport(sphinx, "ps_set_jsgf_string");
        _setSearch = (delegate* unmanaged[Cdecl]<nint, byte*, int>)NativeLibrary.GetExport(sphinx, "ps_set_search");
        _setPhoneLoop = (delegate* unmanaged[Cdecl]<nint, byte*, byte*, int>)NativeLibrary.GetExport(sphinx, "ps_set_allphone_file");
        _firstSegment = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(sphinx, "ps_seg_iter");
        _nextSegment = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(sphinx, "ps_seg_next");
        _segmentFrames = (delegate* unmanaged[Cdecl]<nint, int*, int*, void>)NativeLibrary.GetExport(sphinx, "ps_seg_frames");
        _segmentScores = (delegate* unmanaged[Cdecl]<nint, int*, int*, int*, int>)NativeLibrary.GetExport(sphinx, "ps_seg_prob");
        _lookUp = (delegate* unmanaged[Cdecl]<nint, byte*, nint>)NativeLibrary.GetExport(sphinx, "ps_lookup_word");
    }

    /// <summary>Returns the library, or the reason why it cannot be loaded.</summary>
    public static bool TryGet([NotNullWhen(true)] out SphinxLibrary? library, out string problem)
    {
        (library, problem) = Instance.Value;
        return library is not null;
    }

    /// <summary>Creates a native decoder from command-line options.</summary>
    /// <exception cref="InvalidOperationException">The options are rejected.</exception>
    public nint Create(params ReadOnlySpan<string> options)
    {
        // Decoders log everything to standard error otherwise; this leaves only fatal errors.
        string[] all = ["parley", "-logfn", "/dev/null", .. options];
        var arguments = (nint*)NativeMemory.AllocZeroed((nuint)(all.Length + 1), (nuint)sizeof(nint));
        try
        {
            for (var i = 0; i < all.Length; i++)
                arguments[i] = Marshal.StringToCoTaskMemUTF8(all[i]);

            // Loading two models at the same time is not safe.
            lock (_creating)
            {
                const int strict = 1;
                var configuration = _parseArguments(0, _arguments(), all.Length, (nint)arguments, strict);
                if (configuration == 0)
                    throw new InvalidOperationException("pocketsphinx does not know one of its options.");
                var decoder = _create(configuration);
                _freeArguments(configuration);
                return decoder != 0 ? decoder : throw new InvalidOperationException("pocketsphinx could not load its model.");
            }
        }
        finally
        {
            for (var i = 0; i < all.Length; i++)
                Marshal.FreeCoTaskMem(arguments[i]);
            NativeMemory.Free(arguments);
        }
    }

    /// <summary>Whether the dictionary has a word.</summary>
    public bool Knows(nint decoder, string word) => Pronunciation(decoder, word) is not null;

    /// <summary>The phones of a word, separated by spaces; null if the dictionary does not have it.</summary>
    public string? Pronunciation(nint decoder, string word)
    {
        var native = (byte*)Marshal.StringToCoTaskMemUTF8(word);
        var phones = _lookUp(decoder, native);
        Marshal.FreeCoTaskMem((nint)native);
        if (phones == 0)
            return null;
        var text = Marshal.PtrToStringUTF8(phones);
        _freeMemory(phones);
        return text;
    }

    /// <summary>
    /// Mean acoustic score of a frame on the best path of a finished utterance: zero or less, and the more the better it fits. Without the
    /// language model and comparable between searches that compute all senones. Null if nothing was recognized.
    /// </summary>
    public double? AcousticScore(nint decoder)
    {
        // A path through a lattice holds its scores shifted, and there they are never small.
        const int shift = 1_024;
        var (total, frames) = (0.0, 0);
        for (var segment = _firstSegment(decoder); segment != 0; segment = _nextSegment(segment))
        {
            int from, to, acoustic, language, backOff;
            _segmentFrames(segment, &from, &to);
            _segmentScores(segment, &acoustic, &language, &backOff);
            total += acoustic;
            frames += to - from + 1;
        }
        return frames <= 0 ? null : total / frames is var mean && mean < -shift ? mean / shift : mean;
    }

    /// <summary>Makes a decoder recognize phones in any order.</summary>
    public bool TrySetPhoneLoop(nint decoder)
    {
        var name = (byte*)Marshal.StringToCoTaskMemUTF8("phones");
        try
        {
            return _setPhoneLoop(decoder, name, null) == 0 && _setSearch(decoder, name) == 0;
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)name);
        }
    }

    /// <summary>The running cepstral mean of a decoder; empty if it cannot be read.</summary>
    public float[] CepstralMean(nint decoder)
    {
        if (!TryGetNormalisation(decoder, out var normalisation, out var size))
            return [];
        var mean = new float[size];
        fixed (float* first = mean)
            _mean(normalisation, first);
        return mean;
    }

    /// <summary>Sets the cepstral mean of a decoder; does nothing if the mean is empty.</summary>
    public void SetCepstralMean(nint decoder, ReadOnlySpan<float> mean)
    {
        if (!TryGetNormalisation(decoder, out var normalisation, out var size) || size != mean.Length)
            return;
        fixed (float* first = mean)
            _setMean(normalisation, first);
    }

    // The library has functions for the mean, but none that return the object they need: it is a field of feat_t (sphinxbase/feat.h and
    // cmn.h of 5prealpha, 64 bits).
    // The layout is verified by the kind of normalisation (one of two values) and by the number of coefficients, which both structures
    // hold.
    private bool TryGetNormalisation(nint decoder, out nint normalisation, out int size)
    {
        const int coefficients = 0x10, kind = 0x44, cmn = 0x58, cmnCoefficients = 0x1c, batch = 1, live = 2;
        var features = _features(decoder);
        (normalisation, size) = (0, 0);
        if (sizeof(nint) != 8 || *(int*)(features + kind) is not (batch or live))
            return false;
        normalisation = *(nint*)(features + cmn);
        size = *(int*)(normalisation + cmnCoefficients);
        return size > 0 && size == *(int*)(features + coefficients);
    }

    /// <summary>Sets the grammar.</summary>
    /// <returns>False if the grammar is rejected; the decoder then has none.</returns>
    public bool TrySetGrammar(nint decoder, string jsgf)
    {
        var name = (byte*)Marshal.StringToCoTaskMemUTF8("parley");
        var grammar = (byte*)Marshal.StringToCoTaskMemUTF8(jsgf);
        try
        {
            return _setGrammar(decoder, name, grammar) == 0 && _setSearch(decoder, name) == 0;
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)name);
            Marshal.FreeCoTaskMem((nint)grammar);
        }
    }

    private static (SphinxLibrary?, string) Load()
    {
        if (!NativeLibrary.TryLoad(BaseFileName, out var sphinxBase))
            return (null, $"{BaseFileName} not found");
        if (!NativeLibrary.TryLoad(FileName, out var sphinx))
            return (null, $"{FileName} not found");
        try
        {
            return (new SphinxLibrary(sphinx, sphinxBase), "");
        }
        catch (EntryPointNotFoundException e)
        {
            return (null, $"{FileName} is an incompatible version ({e.Message})");
        }
    }
}
