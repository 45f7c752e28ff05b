using System.Text.RegularExpressions;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>The values in a request. A value can be taken once, so two parameters never share one.</summary>
internal sealed partial class RequestValues
{
    /// <summary>A value near a parameter's name comes at most this many words after it.</summary>
    private const int NearWords = 3;

    private static readonly HashSet<string> Links =
    [
        "is", "to", "of", "as", "at", "in", "for", "on", "with", "the", "a", "an", "about", "named", "called", "from", "be", "should", "by",
        "and", "set", "like", "some",
    ];

    private static readonly HashSet<string> Prepositions =
        ["in", "of", "for", "about", "at", "to", "from", "with", "called", "named", "as"];

    private static readonly HashSet<string> AnswerLead =
    [
        "it", "it's", "that", "that's", "make", "i", "i'd", "said", "mean", "meant", "would", "like", "take", "use", "um", "uh", "er",
        "well", "please", "yes", "okay",
    ];

    private static readonly HashSet<string> Closers =
    [
        "please", "now", "right", "thanks", "thank", "you", "today", "tonight", "tomorrow", "yesterday", "for", "me",
    ];

    private static readonly HashSet<string> Lead =
    [
        "please", "can", "could", "would", "you", "what", "what's", "is", "are", "the", "a", "an", "how", "tell", "show", "me", "give",
        "get", "do", "i", "want", "need", "to", "know", "hello", "hi", "hey", "my", "some", "use", "find", "check", "fetch",
    ];

    private readonly Utterance _request;
    private readonly DateTimeOffset _now;
    private readonly bool[] _used;
    private readonly bool[] _isName;
    private readonly int _lastNameWord;
    private readonly int _firstNameWord;
    private readonly List<(int Start, int End, string Text)> _quotes;

    public RequestValues(Utterance request, IReadOnlySet<int> nameWords, DateTimeOffset now)
    {
        _request = request;
        _now = now;
        _used = [.. Enumerable.Range(0, _request.Words.Count).Select(nameWords.Contains)];
        _isName = [.. _used];
        (_firstNameWord, _lastNameWord) = nameWords.Count > 0 ? (nameWords.Min(), nameWords.Max()) : (-1, -1);
        _quotes = [.. QuotePattern().Matches(_request.Text).Select(match =>
            (match.Index, match.Index + match.Length, match.Groups["text"].Value))];
    }

    /// <summary>Index of the word after the parameter's name and linking words, or -1 if the name was not said.</summary>
    public int AfterName(ParameterShape parameter)
    {
        for (var i = 0; i < _used.Length; i++)
        {
            var after = _used[i] || parameter.NameWords.Length == 0 ? -1 : _request.After(parameter.SpokenName, i);
            if (after > 0)
            {
                Use(i, after);
                while (after < _used.Length && Links.Contains(_request.Words[after].Lower))
                    after++;
                return after;
            }
        }
        return -1;
    }

    /// <summary>Takes the first unused value that fits the parameter's type.</summary>
    public object? Take(ParameterShape parameter, int from, bool near = false)
    {
        var to = near ? Math.Min(_used.Length, from + NearWords) : _used.Length;
        return parameter switch
        {
            { EnumValues.Count: > 0 } => TakeEnum(parameter, from, to),
            { IsColour: true } => TakeWords<string>(from, to, (words, _) => SpokenColours.Read(words)) ?? TakeQuote(from, to),
            { Type: "integer" } => TakeNumber(whole: true, from, to) is { } whole ? (long)whole : null,
            { Type: "number" } => TakeNumber(whole: false, from, to) is { } number ? (double)number : null,
            { Type: "boolean" } => TakeBoolean(from, to),
            { IsDateTime: true } => TakeDateTime(from, to),
            { IsDate: true } => TakeWords<string>(from, to, SpokenDates.Read),
            { IsTime: true } => TakeTime(from, to),
            { Type: "string" } => TakeQuote(from, to),
            { Type: "array", ItemType: "integer" or "number" } => TakeNumbers(parameter.ItemType == "integer"),
            { Type: "array" } => TakeQuotes(),
            _ => null,
        };
    }

    /// <summary>Takes unquoted text after the parameter's name, up to the next parameter's name or the end of the clause.</summary>
    public string? TakeNamedText(ParameterShape parameter, int from, IReadOnlyList<ParameterShape> all)
    {
        if (!parameter.IsFreeText)
            return null;
        var end = from;
        while (end < _used.Length && !_used[end] && _request.Words[end].Lower is not ("and" or "with")
            && !all.Any(other => other != parameter && other.NameWords.Length > 0 && _request.After(other.SpokenName, end) > 0)
            && (end == from || !_request.Text[_request.Words[end - 1].End.._request.Words[end].Start].AsSpan().ContainsAny(",;.")))
        {
            end++;
        }
        return TakeText(from, end);
    }

    /// <summary>Takes the remaining noun phrase: after the function's name, or before it if nothing follows.</summary>
    /// <param name="onlyAfterPreposition">Take it only after a preposition such as "in" or "for".</param>
    public string? TakeRest(bool onlyAfterPreposition = false)
    {
        var start = Math.Max(_lastNameWord + 1, AfterLastTo());
        var first = start;
        while (start < _used.Length && IsLead(start))
            start++;
        if (onlyAfterPreposition && !Enumerable.Range(first, start - first).Any(i => Prepositions.Contains(_request.Words[i].Lower)))
            return null;
        var end = start;
        while (end < _used.Length && !_used[end])
            end++;
        var after = TakeText(start, end);
        if (after is not null || onlyAfterPreposition)
            return after;
        if (TakeMiddle() is { } middle)
            return middle;
        var before = Enumerable.Range(0, Math.Max(0, _firstNameWord))
            .SkipWhile(i => _used[i] || Lead.Contains(_request.Words[i].Lower)).ToArray();
        return before.Length > 0 ? TakeText(before[0], _firstNameWord) : null;
    }

    private bool IsLead(int index) =>
        _used[index] || Links.Contains(_request.Words[index].Lower) || Closers.Contains(_request.Words[index].Lower)
        || (_firstNameWord < 0 && index < _used.Length - 1 && AnswerLead.Contains(_request.Words[index].Lower));

    // "Set the colour in the kitchen to blue": the value comes after the last "to".
    private int AfterLastTo()
    {
        var sets = _firstNameWord >= 0 && _request.Words[_firstNameWord].Lower is "set" or "change" or "switch";
        return sets ? 1 + Enumerable.Range(0, _used.Length).LastOrDefault(i => !_used[i] && _request.Words[i].Lower == "to", -1) : 0;
    }

    private string? TakeText(int start, int end)
    {
        while (end > start && (Closers.Contains(_request.Words[end - 1].Lower) || Links.Contains(_request.Words[end - 1].Lower)))
            end--;
        if (end <= start)
            return null;
        Use(start, end);
        var text = _request.Text[_request.Words[start].Start.._request.Words[end - 1].End];
        return text.EndsWith("'s", StringComparison.Ordinal) ? text[..^2] : text;
    }

    private string? TakeEnum(ParameterShape parameter, int from, int to)
    {
        foreach (var value in parameter.EnumValues.OrderByDescending(value => value.Length))
        {
            var words = new Utterance(value.Replace('_', ' ')).Words.Select(word => word.Lower).ToArray();
            for (var i = from; words.Length > 0 && i < to; i++)
            {
                var end = _request.After(string.Join(' ', words), i);
                if (end > 0 && !_used.AsSpan(i, end - i).Contains(true))
                {
                    Use(i, end);
                    return value;
                }
            }
        }
        return null;
    }

    private decimal? TakeNumber(bool whole, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (_used[i] || IsQuoted(i))
                continue;
            var words = _request.Words.Skip(i).Take(24).Select(next => next.Lower).ToArray();
            var length = SpokenQuantities.ReadNumber(words, out var value);
            length = length > 0 ? length : SpokenQuantities.ReadOrdinal(words, out value);
            var fits = length > 0 && (!whole || (value == decimal.Truncate(value) && Math.Abs(value) <= long.MaxValue));
            if (fits)
            {
                Use(i, i + length);
                return value;
            }
        }
        return null;
    }

    private object? TakeBoolean(int from, int to) => TakeWords<object>(from, to, (words, _) => words[0] switch
    {
        "true" or "yes" or "on" or "enabled" or "enable" => (true, 1),
        "false" or "no" or "off" or "disabled" or "disable" => (false, 1),
        _ => (null, 0),
    });

    private T? TakeWords<T>(int from, int to, Func<string[], DateTimeOffset, (T? Value, int Length)> read)
        where T : class
    {
        for (var i = from; i < to; i++)
        {
            if (!_used[i] && !IsQuoted(i))
            {
                var (value, length) = read([.. _request.Words.Skip(i).Take(6).Select(word => word.Lower)], _now);
                if (length > 0)
                {
                    Use(i, i + length);
                    return value;
                }
            }
        }
        return null;
    }

    private string? TakeQuote(int from, int to)
    {
        if (from >= _used.Length)
            return null;
        var (first, last) = (from == 0 ? 0 : _request.Words[from].Start - 1, _request.Words[Math.Max(from, to - 1)].End);
        var index = _quotes.FindIndex(quote => quote.Start >= first && quote.Start < last);
        return index < 0 ? null : TakeQuoteAt(index);
    }

    private string[]? TakeQuotes()
    {
        var texts = new List<string>();
        while (_quotes.Count > 0)
            texts.Add(TakeQuoteAt(0));
        return texts.Count > 0 ? [.. texts] : null;
    }

    private string TakeQuoteAt(int index)
    {
        var quote = _quotes[index];
        _quotes.RemoveAt(index);
        for (var i = 0; i < _used.Length; i++)
            _used[i] |= _request.Words[i].Start >= quote.Start && _request.Words[i].End <= quote.End;
        return quote.Text;
    }

    private bool IsQuoted(int word) =>
        _quotes.Exists(quote => _request.Words[word].Start >= quote.Start && _request.Words[word].End <= quote.End);

    private void Use(int start, int end) => _used.AsSpan(start, Math.Min(end, _used.Length) - start).Fill(true);

    [GeneratedRegex(@"""(?<text>[^""]*)""|“(?<text>[^”]*)”|„(?<text>[^“”]*)[“”]|«\s*(?<text>[^»]*?)\s*»|(?<!\w)'(?<text>[^']+)'(?!\w)")]
    private static partial Regex QuotePattern();
}
