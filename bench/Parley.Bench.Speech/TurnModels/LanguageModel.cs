using System.Runtime.InteropServices;

namespace Parley.Bench.Speech.TurnModels;

/// <summary>A language model of PocketSphinx: probabilities of a word after up to two others, as natural logarithms.</summary>
internal sealed unsafe partial class LanguageModel
{
    private const string Library = "libsphinxbase.so.3";
    private const int AnyFormat = 0;
    private const double Base = 1.0001;

    private readonly nint _logarithms = logmath_init(Base, 0, 0);
    private readonly nint _model;

    internal LanguageModel(string file)
    {
        err_set_logfp(0);
        _model = ngram_model_read(0, file, AnyFormat, _logarithms);
        if (_model == 0)
            throw new InvalidOperationException($"{file} is not a language model. Install from Debian: libpocketsphinx3 pocketsphinx-en-us");
        End = IdOf("</s>");
    }

    /// <summary>The end of a sentence.</summary>
    internal int End { get; }

    internal IEnumerable<string> Words => Enumerable.Range(0, *ngram_model_get_counts(_model)).Select(WordOf);

    internal int IdOf(string word) => ngram_wid(_model, word);

    /// <summary>The probability of a word after others, in the order in which they are said.</summary>
    internal double Score(int word, params ReadOnlySpan<int> before)
    {
        int used;
        Span<int> newestFirst = stackalloc int[before.Length];
        for (var i = 0; i < before.Length; i++)
            newestFirst[i] = before[^(i + 1)];
        fixed (int* history = newestFirst)
            return logmath_log_to_ln(_logarithms, ngram_ng_prob(_model, word, history, before.Length, &used));
    }

    private string WordOf(int id) => Marshal.PtrToStringUTF8(ngram_word(_model, id)) ?? "";

#pragma warning disable IDE1006, SA1300 // Names of the library.
    [LibraryImport(Library)]
    private static partial nint err_set_logfp(nint stream);

    [LibraryImport(Library)]
    private static partial nint logmath_init(double radix, int shift, int useTable);

    [LibraryImport(Library)]
    private static partial double logmath_log_to_ln(nint logarithms, int value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ngram_model_read(nint configuration, string file, int format, nint logarithms);

    [LibraryImport(Library)]
    private static partial int* ngram_model_get_counts(nint model);

    [LibraryImport(Library)]
    private static partial nint ngram_word(nint model, int id);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ngram_wid(nint model, string word);

    [LibraryImport(Library)]
    private static partial int ngram_ng_prob(nint model, int word, int* history, int length, int* used);
#pragma warning restore IDE1006, SA1300
}
