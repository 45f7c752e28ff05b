using Parley.Assistant.Languages;

namespace Parley.Assistant.Arithmetic;

/// <summary>
/// Reads numbers said in words: "twenty-one", "three hundred and five", "two million", "three point one four".
/// Hundreds and above are English only; other languages go to ninety-nine if they say tens and units as separate words.
/// </summary>
internal sealed class NumberWords
{
    private static readonly Dictionary<string, decimal> Scales = new()
    {
        ["thousand"] = 1_000, ["million"] = 1_000_000, ["billion"] = 1_000_000_000, ["trillion"] = 1_000_000_000_000,
    };

    private readonly Dictionary<string, int> _words = [];
    private readonly HashSet<string> _joints;

    public NumberWords(params IEnumerable<Vocabulary> vocabularies)
    {
        _joints = [.. vocabularies.Select(vocabulary => vocabulary.And)];
        foreach (var vocabulary in vocabularies)
        {
            for (var i = 0; i < vocabulary.SmallNumbers.Length; i++)
                _words.TryAdd(vocabulary.SmallNumbers[i], i);
            for (var i = 0; i < vocabulary.Tens.Length; i++)
                _words.TryAdd(vocabulary.Tens[i], (i + 2) * 10);
        }
    }

    /// <summary>Returns how many leading items are one number; 0 if there is none.</summary>
    public int Read(ReadOnlySpan<string> items, out decimal value)
    {
        decimal total = 0, current = 0;
        var (length, room) = (0, 1_000);
        for (var i = 0; i < items.Length; i++)
        {
            var item = items[i];
            if (i + 1 < items.Length && _words.TryGetValue($"{item}-{items[i + 1]}", out var joined) && joined < room)
            {
                // "dix-sept" arrives as two items.
                (current, room) = (current + joined, 0);
                i++;
            }
            else if (_words.TryGetValue(item, out var small) && small < room)
            {
                current += small;
                room = small >= 20 ? 10 : 0;
            }
            else if (length == 0 && item == "a" && i + 1 < items.Length && (items[i + 1] == "hundred" || Scales.ContainsKey(items[i + 1])))
            {
                (current, room) = (1, 0);
            }
            else if (item == "hundred" && current is > 0 and < 100)
            {
                (current, room) = (current * 100, 100);
            }
            else if (length > 0 && current > 0 && Scales.TryGetValue(item, out var scale))
            {
                total += current * scale;
                (current, room) = (0, 1_000);
            }
            else if (length > 0 && _joints.Contains(item) && i + 1 < items.Length && room >= 10
                && _words.TryGetValue(items[i + 1], out var next) && next < room)
            {
                continue;
            }
            else
            {
                break;
            }
            length = i + 1;
        }
        value = total + current;
        return length > 0 ? length + ReadFraction(items[length..], ref value) : 0;
    }

    private int ReadFraction(ReadOnlySpan<string> items, ref decimal value)
    {
        if (items.Length < 2 || items[0] is not ("point" or "komma" or "virgule" or "coma" or "przecinek"))
            return 0;
        var (length, digit) = (1, 0.1m);
        while (length < items.Length && length < 20 && _words.TryGetValue(items[length], out var small) && small < 10)
        {
            value += small * digit;
            digit /= 10;
            length++;
        }
        return length > 1 ? length : 0;
    }
}
