namespace Parley.Assistant.Llama.Tests.Models;

/// <summary>
/// A chat model of the llama architecture in a few hundred kilobytes, with a byte-level vocabulary. Its weights are random, or they say a
/// script: every word of the script is a token of its own, and the only layer attends to the trigger of a line if the context contains it.
/// </summary>
/// <remarks>
/// Embeddings of scripted models are one-hot: a token is one dimension, and one more dimension is 1 for every token, so that each query is
/// the same. The key of a trigger is large, so attention is on triggers if there are any, and its value marks a dimension of its own.
/// The output matrix adds 1 from each token to its successor, and for a triggered line 0.9 from the token before and 0.5 from the mark.
/// </remarks>
internal static class TinyGguf
{
    public const string ChatMl = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    public const string Llama3 = "{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] + '<|eot_id|>' }}"
        + "{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}";

    private const int HeadSize = 64;
    private const int NormalToken = 1;
    private const int ControlToken = 3;
    private const int UserDefinedToken = 4;

    private static readonly string[] Control = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"];

    /// <summary>A model that says its lines: the first if no trigger of another is in the context.</summary>
    /// <param name="lines">The words of each line, spaces included, and the text that triggers it; the first line has no trigger.</param>
    /// <param name="template">The chat template of the file; null: none.</param>
    public static byte[] Scripted(string? template, params (string? Trigger, string[] Words)[] lines)
    {
        var vocabulary = new Vocabulary([.. lines.SelectMany(line => line.Words.Append(line.Trigger!)).Where(word => word is not null)], template);
        var script = new Script(vocabulary, lines);
        return Write(vocabulary, template, script.Size, script);
    }

    /// <summary>A model that repeats these words without an end.</summary>
    public static byte[] Endless(params string[] words)
    {
        var vocabulary = new Vocabulary(words, ChatMl);
        var script = new Script(vocabulary, [(null, words)]) { Repeats = true };
        return Write(vocabulary, ChatMl, script.Size, script);
    }

    /// <summary>A model with random weights.</summary>
    public static byte[] Random(int seed, string? template = ChatMl, int size = 64)
    {
        var random = new Random(seed);
        return Write(new Vocabulary([], template), template, size, new Noise(random));
    }

    private static byte[] Write(Vocabulary vocabulary, string? template, int size, IWeights weights)
    {
        var file = new GgufWriter();
        file.Add("general.architecture", "llama");
        file.Add("general.name", "tiny");
        file.Add("llama.context_length", 4096);
        file.Add("llama.embedding_length", (uint)size);
        file.Add("llama.block_count", 1);
        file.Add("llama.feed_forward_length", 32);
        file.Add("llama.attention.head_count", 1);
        file.Add("llama.attention.head_count_kv", 1);
        file.Add("llama.attention.key_length", HeadSize);
        file.Add("llama.attention.value_length", HeadSize);
        file.Add("llama.rope.dimension_count", HeadSize);
        // So slow that the last pair of dimensions does not turn within the context.
        file.Add("llama.rope.freq_base", 1e12f);
        file.Add("llama.attention.layer_norm_rms_epsilon", 1e-6f);
        file.Add("tokenizer.ggml.model", "gpt2");
        file.Add("tokenizer.ggml.pre", "default");
        file.Add("tokenizer.ggml.tokens", vocabulary.Tokens);
        file.Add("tokenizer.ggml.token_type", vocabulary.Types);
        file.Add("tokenizer.ggml.merges", ["Ġ Ġ"]);
        file.Add("tokenizer.ggml.bos_token_id", (uint)vocabulary.IdOf("<|endoftext|>"));
        file.Add("tokenizer.ggml.eos_token_id", (uint)vocabulary.End);
        file.Add("tokenizer.ggml.add_bos_token", false);
        if (template is not null)
            file.Add("tokenizer.chat_template", template);

        Span<float> ones = new float[size];
        ones.Fill(1);
        file.AddMatrix("token_embd.weight", size, vocabulary.Count, weights.Embedding);
        file.AddVector("output_norm.weight", ones);
        file.AddMatrix("output.weight", size, vocabulary.Count, weights.Output);
        file.AddVector("blk.0.attn_norm.weight", ones);
        file.AddMatrix("blk.0.attn_q.weight", size, HeadSize, weights.Query);
        file.AddMatrix("blk.0.attn_k.weight", size, HeadSize, weights.Key);
        file.AddMatrix("blk.0.attn_v.weight", size, HeadSize, weights.Value);
        file.AddMatrix("blk.0.attn_output.weight", HeadSize, size, weights.Attended);
        file.AddVector("blk.0.ffn_norm.weight", ones);
        file.AddMatrix("blk.0.ffn_gate.weight", size, 32, weights.FeedForward);
        file.AddMatrix("blk.0.ffn_up.weight", size, 32, weights.FeedForward);
        file.AddMatrix("blk.0.ffn_down.weight", 32, size, weights.FeedForward);
        return file.ToBytes();
    }

    /// <summary>The weights: the row is the output, the column the input.</summary>
    private interface IWeights
    {
        float Embedding(int token, int dimension);

        float Output(int token, int dimension);

        float Query(int row, int dimension);

        float Key(int row, int dimension);

        float Value(int row, int dimension);

        float Attended(int dimension, int column);

        float FeedForward(int row, int column);
    }

    private sealed class Noise(Random random) : IWeights
    {
        public float Embedding(int token, int dimension) => Next(1);

        public float Output(int token, int dimension) => Next(1);

        public float Query(int row, int dimension) => Next(0.3f);

        public float Key(int row, int dimension) => Next(0.3f);

        public float Value(int row, int dimension) => Next(0.3f);

        public float Attended(int dimension, int column) => Next(0.3f);

        public float FeedForward(int row, int column) => Next(0.3f);

        private float Next(float scale) => ((float)random.NextDouble() - 0.5f) * 2 * scale;
    }

    private sealed class Script : IWeights
    {
        // The last pair of dimensions of the head.
        private const int Still = HeadSize - 2;

        private readonly Vocabulary _vocabulary;
        private readonly Dictionary<int, int> _successors = [];
        private readonly List<(int Trigger, int First)> _triggered = [];
        private readonly int _beforeAnswer;
        private readonly int _end;

        public Script(Vocabulary vocabulary, (string? Trigger, string[] Words)[] lines)
        {
            _vocabulary = vocabulary;
            _beforeAnswer = vocabulary.IdOf("Ċ"); // A template ends with a line break before the answer.
            _end = vocabulary.End;
            foreach (var (trigger, words) in lines)
            {
                var ids = words.Select(vocabulary.IdOf).ToArray();
                for (var i = 0; i < ids.Length; i++)
                    _successors[ids[i]] = i + 1 < ids.Length ? ids[i + 1] : _end;
                if (trigger is null)
                    _successors[_beforeAnswer] = ids[0];
                else
                    _triggered.Add((vocabulary.IdOf(trigger), ids[0]));
            }
        }

        public bool Repeats
        {
            init
            {
                if (value)
                    _successors[_successors.Single(pair => pair.Value == _end).Key] = _successors[_beforeAnswer];
            }
        }

        public int Size => (_vocabulary.Count + 1 + _triggered.Count + 31) / 32 * 32;

        private int Constant => _vocabulary.Count;

        private float Scale => MathF.Sqrt(Size / 2f);

        public float Embedding(int token, int dimension) => dimension == token || dimension == Constant ? 1 : 0;

        public float Output(int token, int dimension)
        {
            var value = _successors.TryGetValue(dimension, out var next) && next == token ? 1f : 0;
            for (var i = 0; i < _triggered.Count; i++)
            {
                if (_triggered[i].First == token)
                    value += dimension == _beforeAnswer ? 0.9f : dimension == MarkOf(i) ? 0.5f : 0;
            }
            return value;
        }

        public float Query(int row, int dimension) => row == Still && dimension == Constant ? 1 : 0;

        public float Key(int row, int dimension) => row == Still && _triggered.Exists(line => line.Trigger == dimension) ? 1 : 0;

        public float Value(int row, int dimension) => row < _triggered.Count && _triggered[row].Trigger == dimension ? 1 : 0;

        public float Attended(int dimension, int column) => column < _triggered.Count && dimension == MarkOf(column) ? 1 / Scale : 0;

        public float FeedForward(int row, int column) => 0;

        private int MarkOf(int line) => Constant + 1 + line;
    }

    private sealed class Vocabulary
    {
        private readonly Dictionary<string, int> _ids = [];
        private readonly string _end;

        public Vocabulary(string[] words, string? template)
        {
            Tokens = [.. Bytes(), .. Control, "ĠĠ", .. words.Distinct()];
            Types =
            [
                .. Enumerable.Repeat(NormalToken, 256), .. Enumerable.Repeat(ControlToken, Control.Length), NormalToken,
                .. Enumerable.Repeat(UserDefinedToken, words.Distinct().Count()),
            ];
            for (var i = 0; i < Tokens.Length; i++)
                _ids[Tokens[i]] = i;
            _end = template == Llama3 ? "<|eot_id|>" : template is null ? "<|endoftext|>" : "<|im_end|>";
        }

        public string[] Tokens { get; }

        public int[] Types { get; }

        public int Count => Tokens.Length;

        public int End => _ids[_end];

        public int IdOf(string token) => _ids[token];

        // Byte-level vocabularies write the bytes that are not printable as characters from U+0100 on.
        private static IEnumerable<string> Bytes()
        {
            var next = 256;
            for (var value = 0; value < 256; value++)
                yield return ((char)(value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174 ? value : next++)).ToString();
        }
    }
}
