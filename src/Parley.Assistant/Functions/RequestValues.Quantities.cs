using System.Globalization;

namespace Parley.Assistant.Functions;

/// <summary>Numbers with units, counts, times, rooms, and texts after prepositions.</summary>
internal sealed partial class RequestValues
{
    /// <summary>Takes the first number whose unit is the parameter's own or one that converts to it: "two hours" are 120 minutes.</summary>
    public object? TakeQuantity(ParameterShape parameter, string unit)
    {
        for (var i = 0; i < _used.Length; i++)
        {
            if (_used[i] || IsQuoted(i) || !SpokenQuantities.TryRead(Lower(i), out var quantity) || quantity.Unit.Length == 0)
                continue;
            if ((quantity.Unit == unit ? quantity.Value : SpokenQuantities.Convert(quantity.Value, quantity.Unit, unit)) is not { } value)
                continue;
            Use(i, i + quantity.Length);
            return Number(parameter, value);
        }
        return null;
    }

    /// <summary>Takes a duration as text: "10 minutes".</summary>
    public string? TakeDuration()
    {
        for (var i = 0; i < _used.Length; i++)
        {
            if (!_used[i] && SpokenQuantities.TryRead(Lower(i), out var quantity) && SpokenQuantities.IsTime(quantity.Unit))
            {
                Use(i, i + quantity.Length);
                var value = quantity.Value.ToString("0.##", CultureInfo.InvariantCulture);
                return quantity.Value == 1 ? $"{value} {quantity.Unit}" : $"{value} {quantity.Unit}s";
            }
        }
        return null;
    }

    /// <summary>Takes the number of things asked for: "two" in "roll two big dice", "three" in "three times".</summary>
    public object? TakeCount(ParameterShape parameter)
    {
        for (var i = 0; i < _used.Length; i++)
        {
            if (_used[i] || IsQuoted(i) || SpokenQuantities.ReadNumber(Lower(i), out var value) is not (> 0 and var length))
                continue;
            var next = i + length;
            var thing = Enumerable.Range(next, Math.Max(0, Math.Min(NearWords, _used.Length - next))).Any(j => _isName[j] && j > _firstNameWord);
            if (thing || (next < _used.Length && _request.Words[next].Lower is "times" or "of"))
            {
                Use(i, next);
                return Number(parameter, value);
            }
        }
        return null;
    }

    /// <summary>Takes the text after one of the prepositions, up to the next one, a value or the end.</summary>
    public string? TakeAfter(IReadOnlyList<string> prepositions, Func<string, bool> ends)
    {
        for (var i = 0; i < _used.Length - 1; i++)
        {
            if (_used[i] || i < _firstNameWord || !prepositions.Contains(_request.Words[i].Lower))
                continue;
            var start = i + 1;
            while (start < _used.Length && !_used[start] && _request.Words[start].Lower is "the" or "a" or "an" or "my" or "is")
                start++;
            var end = start;
            while (end < _used.Length && !_used[end] && (end == start || !ends(_request.Words[end].Lower)))
                end++;
            if (TakeText(start, end) is not { } text)
                continue;
            Use(i, i + 1);
            return text;
        }
        return null;
    }

    public string? TakeRoom() => TakeWords<string>(0, _used.Length, (words, _) => Rooms.Read(words));

    // "Add milk to the shopping list": what is wanted stands between the words of the name.
    private string? TakeMiddle()
    {
        for (var start = Math.Max(0, _firstNameWord); start < _used.Length; start++)
        {
            if (_firstNameWord < 0 || IsLead(start) || Lead.Contains(_request.Words[start].Lower))
                continue;
            var end = start;
            while (end < _used.Length && !_used[end])
                end++;
            return TakeText(start, end);
        }
        return null;
    }

    private object[]? TakeNumbers(bool whole)
    {
        var numbers = new List<object>();
        while (TakeNumber(whole, 0, _used.Length) is { } number)
            numbers.Add(whole ? (long)number : (double)number);
        return numbers.Count > 0 ? [.. numbers] : null;
    }

    private string? TakeDateTime(int from, int to)
    {
        var time = TakeTime(from, to);
        var date = TakeWords<string>(from, to, SpokenDates.Read);
        return time is null ? date : $"{date ?? _now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}T{time}";
    }

    // "At seven" is a time, but seven alone is a number.
    private string? TakeTime(int from, int to)
    {
        if (TakeWords<string>(from, to, SpokenDates.ReadTime) is { } time)
            return time;
        for (var i = from; i + 1 < to; i++)
        {
            if (!_used[i] && !_used[i + 1] && _request.Words[i].Lower is "at" or "for" or "by"
                && SpokenQuantities.TryRead(Lower(i + 1), out var hour) && hour is { Unit: "", Value: >= 0 and < 24 } && hour.Value == decimal.Truncate(hour.Value))
            {
                Use(i, i + 1 + hour.Length);
                return string.Create(CultureInfo.InvariantCulture, $"{(int)hour.Value:00}:00");
            }
        }
        return null;
    }

#pragma warning disable CA1859 // Boxed as the type of the parameter: a whole number must not become a double.
    private static object Number(ParameterShape parameter, decimal value)
    {
        if (parameter.Type == "integer" && Math.Abs(value) <= long.MaxValue)
            return (long)Math.Round(value);
        return (double)value;
    }
#pragma warning restore CA1859

    private string[] Lower(int from) => [.. _request.Words.Skip(from).Take(10).Select(word => word.Lower)];
}
