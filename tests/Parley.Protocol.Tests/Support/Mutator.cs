using System.Text;

namespace Parley.Protocol.Tests.Support;

/// <summary>Damages messages as a fuzzer does; deterministic for a seed.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> corpus)
{
    private static readonly byte[][] Tokens =
    [
        .. new[] { "{", "}", "[", "]", "\"", ",", ":", "null", "true", "-1", "1e999", "99999999999999999999", "\\ud800", "\\u0000", "\"\"", "{}", "[[[[", "\\", "\"a\":1,", "\uFEFF", "=", " " }
            .Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc3], [0x00],
    ];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var message = Pick(corpus).ToList();
        for (var i = _random.Next(1, 5); i > 0; i--)
            Damage(message);
        return [.. message];
    }

    private void Damage(List<byte> message)
    {
        var at = _random.Next(message.Count + 1);
        var length = Math.Min(_random.Next(1, 24), message.Count - at);
        switch (_random.Next(6))
        {
            case 0 when at < message.Count:
                message[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                message.RemoveRange(at, length);
                break;
            case 2:
                message.InsertRange(at, Pick(Tokens));
                break;
            case 3:
                message.InsertRange(at, message.GetRange(at, length));
                break;
            case 4:
                var other = Pick(corpus);
                var from = _random.Next(other.Length);
                message.InsertRange(at, other[from..Math.Min(other.Length, from + _random.Next(1, 80))]);
                break;
            default:
                var start = _random.Next(message.Count + 1);
                message.InsertRange(start, Pick(Tokens));
                break;
        }
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}
