using System.Buffers.Text;
using System.Text;
using CsCheck;

namespace Parley.Protocol.Tests.Support;

/// <summary>A message with one chunk of audio, written in one of the many ways JSON allows.</summary>
/// <param name="Utf8">The message.</param>
/// <param name="Pcm">The chunk.</param>
/// <param name="IsPlain">No escapes, no members but the ones of audio, a PCM media type: the fast path has to take it.</param>
internal sealed record WrittenAudio(byte[] Utf8, byte[] Pcm, bool IsPlain)
{
    private static readonly string[] PlainTypes = ["audio/pcm;rate=16000", "audio/pcm", "audio/pcm;rate=8000", "audio/pcm;rate=24000", "Audio/PCM; rate=44100", "audio/l16;rate=48000"];

    private static readonly string[] OddTypes =
        ["audio/wav", "audio/pcm;rate=0", "audio/pcm;rate=+16000", "audio/pcm;rate=016000", "audio/pcm;rate=1e4", "audio/pcm;rate=999999", "audio/pcm\\u003brate=8000", "", "audio/pcm;x=\t;rate=8000"];

    private static readonly Gen<string> Space = Gen.OneOf(Gen.Const(""), Gen.Const(""), Gen.Const(" "), Gen.String[Gen.Char[" \n\r\t"], 0, 6]);

    private static readonly Gen<byte[]> Chunk = Gen.OneOf(Gen.Byte.Array[0, 12], Gen.Byte.Array[0, 1_500], Gen.Byte.Array[0, 15_000]);

    public static readonly Gen<WrittenAudio> Input = Gen.Select(Gen.UInt, Chunk, Space, Space).Select((seed, pcm, a, b) => Build(new Writing((int)seed, a, b), pcm, input: true));

    public static readonly Gen<WrittenAudio> Output = Gen.Select(Gen.UInt, Chunk, Space, Space).Select((seed, pcm, a, b) => Build(new Writing((int)seed, a, b), pcm, input: false));

    private static WrittenAudio Build(Writing writing, byte[] pcm, bool input)
    {
        var blob = Blob(writing, pcm, input);
        var json = input
            ? writing.Object(writing.Member("realtimeInput", writing.Object(writing.Member("audio", blob))))
            : writing.Object(writing.Member("serverContent", writing.Object(writing.Member("modelTurn", Turn(writing, blob)))));
        return new WrittenAudio(Encoding.UTF8.GetBytes(writing.Space + json + writing.Space), pcm, writing.IsPlain);
    }

    private static string Blob(Writing writing, byte[] pcm, bool input)
    {
        var odd = writing.Odd(12);
        var type = odd ? writing.Pick(OddTypes) : writing.Pick(PlainTypes);
        var data = writing.Pick([Convert.ToBase64String(pcm), Convert.ToBase64String(pcm), Base64Url.EncodeToString(pcm), Convert.ToBase64String(pcm).TrimEnd('=')]);
        if (writing.Odd(12) && data.Contains('/', StringComparison.Ordinal))
            data = data.Replace("/", "\\/", StringComparison.Ordinal);
        List<string> members = [writing.Member("mimeType", $"\"{type}\""), writing.Member("data", $"\"{data}\"")];
        if (input && writing.Coin())
            members.Reverse();
        return writing.Object([.. members]);
    }

    private static string Turn(Writing writing, string blob)
    {
        var parts = writing.Member("parts", $"[{writing.Space}{writing.Object(writing.Member("inlineData", blob))}{writing.Space}]");
        var role = writing.Member("role", "\"model\"");
        return writing.Next(3) switch
        {
            0 => writing.Object(parts),
            1 => writing.Object(parts, role),
            _ => writing.Object(role, parts),
        };
    }

    /// <summary>How this message is written; remembers whether that was plain.</summary>
    private sealed class Writing(int seed, string space, string other)
    {
        private readonly Random _random = new(seed);

        public bool IsPlain { get; private set; } = true;

        public string Space => Coin() ? space : other;

        public bool Coin() => _random.Next(2) == 0;

        public int Next(int bound) => _random.Next(bound);

        public T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];

        public bool Odd(int oneIn)
        {
            var odd = _random.Next(oneIn) == 0;
            IsPlain &= !odd;
            return odd;
        }

        public string Member(string name, string value)
        {
            var spelled = Coin() ? name : string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()));
            if (Odd(60))
                spelled = $"\\u00{(int)spelled[0]:x2}{spelled[1..]}";
            return $"\"{spelled}\"{Space}:{Space}{value}";
        }

        public string Object(params string[] members)
        {
            List<string> all = [.. members];
            if (Odd(60))
                all.Insert(_random.Next(all.Count + 1), Pick(["\"displayName\":\"a\"", "\"text\":\"a\"", "\"turnComplete\":true", "\"x\":1", "\"data\":null", members[0]]));
            return $"{{{Space}{string.Join($"{Space},{Space}", all)}{Space}}}";
        }
    }
}
