using System.Text;

namespace Parley.Speech.Whisper.Decoding;

/// <summary>
/// The head of a Whisper model in ggml form, as <c>models/convert-pt-to-ggml.py</c> of whisper.cpp writes it: numbers, mel filters,
/// vocabulary, tensors. The native loader trusts its input, so a file is walked from head to end, without its weights, before it is loaded.
/// </summary>
internal sealed class WhisperModelFile
{
    private const uint Magic = 0x67676d6c;
    private const int EnglishVocabulary = 51_864;
    private const int FirstEnglishSpecial = 50_256;

    // The limits are well above the largest model, large-v3: 32 layers of 1,280.
    private const int MaxLayers = 64;
    private const int MaxState = 4_096;
    private const int MaxVocabulary = 60_000;
    private const int MaxName = 256;

    // Bytes of a block, and its elements, by ggml's number of the type.
    private static readonly Dictionary<int, (int Bytes, int Elements)> Types = new()
    {
        [0] = (4, 1), [1] = (2, 1), [2] = (18, 32), [3] = (20, 32), [6] = (22, 32), [7] = (24, 32), [8] = (34, 32),
        [10] = (84, 256), [11] = (110, 256), [12] = (144, 256), [13] = (176, 256), [14] = (210, 256),
    };

    private WhisperModelFile()
    {
    }

    /// <summary>Frames of 20 ms in the encoder's input: 1,500, which is 30 s.</summary>
    public int AudioContext { get; private init; }

    /// <summary>Tokens of the decoder's context, half of which is for the prompt.</summary>
    public int TextContext { get; private init; }

    /// <summary>Whether it knows other languages than English.</summary>
    public bool IsMultilingual { get; private init; }

    /// <summary>Number of layers of the encoder.</summary>
    public int Layers { get; private init; }

    /// <summary>Size of the file in bytes; the model takes about as much memory.</summary>
    public long Bytes { get; private init; }

    /// <summary>Tokens below this one are text.</summary>
    public int FirstSpecialToken => IsMultilingual ? FirstEnglishSpecial + 1 : FirstEnglishSpecial;

    /// <summary>Checks a file.</summary>
    /// <exception cref="InvalidOperationException">It is missing, or no whole Whisper model; the message says what to do.</exception>
    public static WhisperModelFile Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            return Walk(reader, stream);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidOperationException($"the model {path} is incomplete: it ends too early. Download it again.", e);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidOperationException($"{path} is no usable Whisper model: {e.Message} Use a model in ggml form, such as ggml-base.en.bin.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new InvalidOperationException($"the model {path} cannot be read: {e.Message}", e);
        }
    }

    private static WhisperModelFile Walk(BinaryReader reader, Stream stream)
    {
        if (reader.ReadUInt32() != Magic)
            throw new InvalidDataException("it does not begin with ggml's magic number.");
        var vocabulary = Number(reader, "vocabulary", EnglishVocabulary, MaxVocabulary);
        var audioContext = Number(reader, "audio context", 1, 1_500);
        var audioState = Number(reader, "audio state", 1, MaxState);
        var audioHeads = Number(reader, "audio heads", 1, audioState);
        var audioLayers = Number(reader, "audio layers", 1, MaxLayers);
        var textContext = Number(reader, "text context", 16, 4_096);
        var textState = Number(reader, "text state", 1, MaxState);
        var textHeads = Number(reader, "text heads", 1, textState);
        var textLayers = Number(reader, "text layers", 1, MaxLayers);
        var mels = Number(reader, "mel bands", 1, 256);
        _ = Number(reader, "file type", 0, 1_000_000);
        if (textState != audioState || audioState % audioHeads != 0 || textState % textHeads != 0)
            throw new InvalidDataException($"its sizes do not fit each other (state {audioState} and {textState}, heads {audioHeads} and {textHeads}).");

        _ = Number(reader, "mel filters", mels, mels);
        var bins = Number(reader, "filter bins", 201, 201);
        Skip(stream, (long)mels * bins * sizeof(float));
        for (var words = Number(reader, "words", 1, vocabulary); words > 0; words--)
            Skip(stream, Number(reader, "word length", 0, 1_024));

        // 11 of the whole, 15 for each layer of the encoder and 24 for each of the decoder.
        var expected = 11 + (15 * audioLayers) + (24 * textLayers);
        var count = 0;
        while (stream.Position < stream.Length)
        {
            SkipTensor(reader, stream);
            count++;
        }
        // whisper.cpp's test models have no tensors at all.
        if (count != 0 && count != expected)
            throw new InvalidDataException(count < expected ? $"it ends after {count} of {expected} tensors. Download it again." : $"it has {count} tensors instead of {expected}.");
        return new WhisperModelFile
        {
            AudioContext = audioContext, TextContext = textContext, IsMultilingual = vocabulary > EnglishVocabulary, Layers = audioLayers,
            Bytes = stream.Length,
        };
    }

    private static void SkipTensor(BinaryReader reader, Stream stream)
    {
        var dimensions = Number(reader, "dimensions of a tensor", 1, 4);
        var name = Number(reader, "name of a tensor", 1, MaxName);
        var type = reader.ReadInt32();
        if (!Types.TryGetValue(type, out var block))
            throw new InvalidDataException($"it has a tensor of unknown type {type}.");
        long elements = 1;
        for (; dimensions > 0; dimensions--)
            elements = checked(elements * Number(reader, "size of a tensor", 1, int.MaxValue));
        Skip(stream, name);
        if (elements % block.Elements != 0 || elements > int.MaxValue)
            throw new InvalidDataException($"it has a tensor of {elements} elements.");
        Skip(stream, elements / block.Elements * block.Bytes);
    }

    private static int Number(BinaryReader reader, string what, int min, int max)
    {
        var value = reader.ReadInt32();
        return value >= min && value <= max ? value : throw new InvalidDataException($"its {what} is {value}; {min} to {max} is allowed.");
    }

    private static void Skip(Stream stream, long bytes)
    {
        if (bytes > stream.Length - stream.Position)
            throw new EndOfStreamException();
        stream.Seek(bytes, SeekOrigin.Current);
    }
}
