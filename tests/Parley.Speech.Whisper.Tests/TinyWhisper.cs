using System.Text;

namespace Parley.Speech.Whisper.Tests;

/// <summary>
/// Writes Whisper models in ggml form that are tiny and know nothing: random weights from a seed, so that encoder and decoder really run.
/// The decoder can be wired to say one sentence, whatever it hears: each token of a chain leads to the next, from the start token to the
/// end of the text.
/// </summary>
internal sealed class TinyWhisper
{
    private const int State = 32;
    private const int Mels = 80;
    private const int AudioContext = 1_500;
    private const int TextContext = 64;
    private const int Bins = 201;
    private const int Float = 0;
    private const int Half = 1;

    private readonly Random _random;
    private readonly BinaryWriter _writer;

    private TinyWhisper(int seed, BinaryWriter writer)
    {
        _random = new Random(seed);
        _writer = writer;
    }

    /// <summary>Where the header ends and the mel filters begin.</summary>
    public const int HeaderBytes = 12 * sizeof(int);

    /// <summary>The bytes of a model.</summary>
    /// <param name="seed">Of the weights.</param>
    /// <param name="sentence">What it says for any audio; empty for random tokens that never end.</param>
    /// <param name="isMultilingual">Whether it has languages; it then takes all speech for German.</param>
    /// <param name="noSpeech">Whether it is sure that nobody speaks.</param>
    public static byte[] Create(int seed = 1, string sentence = "", bool isMultilingual = false, bool noSpeech = false)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes))
            new TinyWhisper(seed, writer).Write(sentence, isMultilingual, noSpeech);
        return bytes.ToArray();
    }

    private void Write(string sentence, bool isMultilingual, bool noSpeech)
    {
        var vocabulary = isMultilingual ? 51_865 : 51_864;
        var end = isMultilingual ? 50_257 : 50_256;
        foreach (var number in (int[])[0x67676d6c, vocabulary, AudioContext, State, 2, 1, TextContext, State, 2, 1, Mels, Half])
            _writer.Write(number);

        _writer.Write(Mels);
        _writer.Write(Bins);
        for (var i = 0; i < Mels * Bins; i++)
            _writer.Write(_random.NextSingle() * 0.02f);

        var words = sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => " " + word).ToArray();
        string[] pieces = [" ", .. Enumerable.Range('a', 26).Select(static letter => ((char)letter).ToString()), .. words];
        _writer.Write(pieces.Length);
        foreach (var bytes in pieces.Select(Encoding.UTF8.GetBytes))
        {
            _writer.Write(bytes.Length);
            _writer.Write(bytes);
        }

        // Start, the words, end of text. Of a multilingual model the last token before the text is "transcribe".
        int[] chain = words.Length == 0 ? [] : [end + 1, .. Enumerable.Range(27, words.Length), end];
        WriteEncoder();
        WriteDecoder(chain, vocabulary, isMultilingual ? [(end + 102, 0, 1), (end + 1 + 3, 1, 0.5f)] : [], noSpeech ? end + 105 : -1);
    }

    private void WriteEncoder()
    {
        Tensor("encoder.positional_embedding", Float, [State, AudioContext], Noise);
        Tensor("encoder.conv1.weight", Half, [3, Mels, State], Noise);
        Tensor("encoder.conv1.bias", Float, [1, State], Noise);
        Tensor("encoder.conv2.weight", Half, [3, State, State], Noise);
        Tensor("encoder.conv2.bias", Float, [1, State], Noise);
        Tensor("encoder.ln_post.weight", Float, [State], One);
        Tensor("encoder.ln_post.bias", Float, [State], Noise);
        Block("encoder.blocks.0", Noise, null);
    }

    private void WriteDecoder(int[] chain, int vocabulary, (int Token, int Direction, float Size)[] others, int noSpeech)
    {
        var isWired = chain.Length > 0;
        // Token i of the chain is direction i. Random models have random directions.
        var direction = new Dictionary<int, (int Direction, float Size)>();
        for (var i = 0; i < chain.Length; i++)
            direction[chain[i]] = (i, 1);
        foreach (var (token, to, size) in others)
            direction.TryAdd(token, (to, size));
        if (noSpeech >= 0)
            direction[noSpeech] = (1, 2);
        Tensor("decoder.positional_embedding", Float, [State, TextContext], isWired ? Zero : Noise);
        Tensor("decoder.token_embedding.weight", Half, [State, vocabulary], isWired
            ? index => direction.TryGetValue(index / State, out var place) && place.Direction == index % State ? place.Size : 0
            : Noise);
        Tensor("decoder.ln.weight", Float, [State], isWired ? static _ => 4 : One);
        Tensor("decoder.ln.bias", Float, [State], isWired ? Zero : Noise);
        Block("decoder.blocks.0", isWired ? Zero : Noise, isWired ? chain.Length : null);
        Attention("decoder.blocks.0.cross_attn", isWired ? Zero : Noise);
    }

    /// <param name="prefix">Name of the block.</param>
    /// <param name="weight">Weights of the attention.</param>
    /// <param name="chain">If given, the feed-forward layer leads from each of so many directions to the next.</param>
    private void Block(string prefix, Func<int, float> weight, int? chain)
    {
        Tensor($"{prefix}.mlp_ln.weight", Float, [State], One);
        Tensor($"{prefix}.mlp_ln.bias", Float, [State], Zero);
        Tensor($"{prefix}.mlp.0.weight", Half, [State, 4 * State], chain is null ? Noise : static index => index / State == index % State ? 1 : 0);
        Tensor($"{prefix}.mlp.0.bias", Float, [4 * State], chain is null ? Noise : static _ => -3);
        Tensor($"{prefix}.mlp.2.weight", Half, [4 * State, State], chain is not { } length
            ? Noise
            : index => index % (4 * State) < length - 1 && index / (4 * State) == (index % (4 * State)) + 1 ? 10 : 0);
        Tensor($"{prefix}.mlp.2.bias", Float, [State], Zero);
        Attention($"{prefix}.attn", weight);
    }

    private void Attention(string prefix, Func<int, float> weight)
    {
        Tensor($"{prefix}_ln.weight", Float, [State], One);
        Tensor($"{prefix}_ln.bias", Float, [State], Zero);
        Tensor($"{prefix}.query.weight", Half, [State, State], weight);
        Tensor($"{prefix}.query.bias", Float, [State], weight);
        Tensor($"{prefix}.key.weight", Half, [State, State], weight);
        Tensor($"{prefix}.value.weight", Half, [State, State], weight);
        Tensor($"{prefix}.value.bias", Float, [State], weight);
        Tensor($"{prefix}.out.weight", Half, [State, State], weight);
        Tensor($"{prefix}.out.bias", Float, [State], weight);
    }

    private float Noise(int index) => (_random.NextSingle() - 0.5f) * 0.4f;

    private static float Zero(int index) => 0;

    private static float One(int index) => 1;

    private void Tensor(string name, int type, int[] sizes, Func<int, float> value)
    {
        _writer.Write(sizes.Length);
        _writer.Write(name.Length);
        _writer.Write(type);
        foreach (var size in sizes)
            _writer.Write(size);
        _writer.Write(Encoding.ASCII.GetBytes(name));
        var count = sizes.Aggregate(1, static (product, size) => product * size);
        for (var i = 0; i < count; i++)
        {
            if (type == Half)
                _writer.Write(BitConverter.HalfToUInt16Bits((System.Half)value(i)));
            else
                _writer.Write(value(i));
        }
    }
}
