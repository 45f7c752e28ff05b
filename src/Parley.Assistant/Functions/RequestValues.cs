using System.Globalization;
using System.Text.RegularExpressions;
using Parley.Assistant.Arithmetic;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>The values said in a request. A value that was taken is gone, so two parameters never share one.</summary>
internal sealed partial class RequestValues
{
    /// <summary>A value "beside" a parameter's name stands at most this many words behind it.</summary>
    private const int NearWords = 3;

    private static readonly HashSet<string> Links = ["is", "to", "of", "as", "at", "in", "for", "on", "with", "the", "a", "an", "about", "named", "called", "from", "be", "should", "by", "and", "set", "like"];
    private static readonly HashSet<string> Prepositions = ["in", "of", "for", "about", "at", "to", "from", "with", "called", "named", "as"];
    private static readonly HashSet<string> AnswerLead = ["it", "it's", "that", "that's", "make", "i", "i'd", "said", "mean", "meant", "would", "like", "take", "use", "um", "uh", "er", "well", "please", "yes", "okay"];
    private static readonly HashSet<string> Closers = ["please", "now", "right", "thanks", "thank", "you", "today", "tonight", "tomorrow", "yesterday", "for", "me"];
    private static readonly HashSet<string> Lead = ["please", "can", "could", "would", "you", "what", "what's", "is", "are", "the", "a", "an", "how", "tell", "show", "me", "give", "get", "do", "i", "want", "need", "to", "know", "hello", "hi", "hey", "my", "some", "use", "find", "check", "fetch"];
    private static readonly NumberWords Numbers = SumLexicon.Of(English.Language).Numbers;

    private readonly Utterance request;
    private readonly DateTimeOffset now;
    private readonly bool[] used;
    private readonly int lastNameWord;
    private readonly int firstNameWord;
    private readonly List<(int Start, int End, string Text)> quotes;

    public RequestValues(Utterance request, IReadOnlySet<int> nameWords, DateTimeOffset now)
    {
        this.request = request;
        this.now = now;
        used = [.. Enumerable.Range(0, request.Words.Count).Select(nameWords.Contains)];
        (firstNameWord, lastNameWord) = nameWords.Count > 0 ? (nameWords.Min(), nameWords.Max()) : (-1, -1);
        quotes = [.. QuotePattern().Matches(request.Text).Select(match =>
            (match.Index, match.Index + match.Length, match.Groups["text"].Value))];
    }

    /// <summary>Index of the word behind the parameter's name and linking words, or -1 when the name was not said.</summary>
    public int AfterName(ParameterShape parameter)
    {
        for (var i = 0; i < used.Length; i++)
        {
            var after = used[i] || parameter.NameWords.Length == 0 ? -1 : request.After(parameter.SpokenName, i);
            if (after > 0)
            {
                Use(i, after);
                while (after < used.Length && Links.Contains(request.Words[after].Lower))
                {
                    after++;
                }

                return after;
            }
        }

        return -1;
    }

    /// <summary>Takes the first unused value that fits the parameter's type.</summary>
    public object? Take(ParameterShape parameter, int from, bool near = false)
    {
        var to = near ? Math.Min(used.Length, from + NearWords) : used.Length;
        return parameter switch
        {
            { EnumValues.Count: > 0 } => TakeEnum(parameter, from, to),
            { Type: "integer" } => TakeNumber(whole: true, from, to) is { } whole ? (long)whole : null,
            { Type: "number" } => TakeNumber(whole: false, from, to) is { } number ? (double)number : null,
            { Type: "boolean" } => TakeBoolean(from, to),
            { IsDate: true } => TakeWords<string>(from, to, SpokenDates.Read),
            { IsTime: true } => TakeWords<string>(from, to, SpokenDates.ReadTime),
            { Type: "string" } => TakeQuote(from, to),
            { Type: "array" } => TakeQuotes(),
            _ => null,
        };
    }

    /// <summary>Unquoted text behind the parameter's name, up to the next parameter's name or the end of the clause.</summary>
    public string? TakeNamedText(ParameterShape parameter, int from, IReadOnlyList<ParameterShape> all)
    {
        if (parameter.Type != "string" || parameter.EnumValues.Count > 0 || parameter.IsDate || parameter.IsTime)
        {
            return null;
        }

        var end = from;
        while (end < used.Length && !used[end] && request.Words[end].Lower is not ("and" or "with")
            && !all.Any(other => other != parameter && other.NameWords.Length > 0 && request.After(other.SpokenName, end) > 0)
            && (end == from || !request.Text[request.Words[end - 1].End..request.Words[end].Start].AsSpan().ContainsAny(",;.")))
        {
            end++;
        }

        return TakeText(from, end);
    }

    /// <summary>The noun phrase that is left: behind the function's name, or before it when nothing follows.</summary>
    /// <param name="onlyAfterPreposition">Take nothing unless "in", "for" or the like leads to it.</param>
    public string? TakeRest(bool onlyAfterPreposition = false)
    {
        var start = Math.Max(lastNameWord + 1, AfterLastTo());
        var first = start;
        while (start < used.Length && IsLead(start))
        {
            start++;
        }

        if (onlyAfterPreposition && !Enumerable.Range(first, start - first).Any(i => Prepositions.Contains(request.Words[i].Lower)))
        {
            return null;
        }

        var end = start;
        while (end < used.Length && !used[end])
        {
            end++;
        }

        var behind = TakeText(start, end);
        if (behind is not null || onlyAfterPreposition)
        {
            return behind;
        }

        var before = Enumerable.Range(0, Math.Max(0, firstNameWord)).SkipWhile(i => used[i] || Lead.Contains(request.Words[i].Lower)).ToArray();
        return before.Length > 0 ? TakeText(before[0], firstNameWord) : null;
    }

    private bool IsLead(int index) =>
        used[index] || Links.Contains(request.Words[index].Lower) || Closers.Contains(request.Words[index].Lower)
        || (firstNameWord < 0 && index < used.Length - 1 && AnswerLead.Contains(request.Words[index].Lower));

    // "Set the colour in the kitchen to blue": what is set stands behind the last "to".
    private int AfterLastTo()
    {
        var sets = firstNameWord >= 0 && request.Words[firstNameWord].Lower is "set" or "change" or "switch";
        return sets ? 1 + Enumerable.Range(0, used.Length).LastOrDefault(i => !used[i] && request.Words[i].Lower == "to", -1) : 0;
    }

    private string? TakeText(int start, int end)
    {
        while (end > start && (Closers.Contains(request.Words[end - 1].Lower) || Links.Contains(request.Words[end - 1].Lower)))
        {
            end--;
        }

        if (end <= start)
        {
            return null;
        }

        Use(start, end);
        var text = request.Text[request.Words[start].Start..request.Words[end - 1].End];
        return text.EndsWith("'s", StringComparison.Ordinal) ? text[..^2] : text;
    }

    private string? TakeEnum(ParameterShape parameter, int from, int to)
    {
        foreach (var value in parameter.EnumValues.OrderByDescending(value => value.Length))
        {
            var words = new Utterance(value.Replace('_', ' ')).Words.Select(word => word.Lower).ToArray();
            for (var i = from; words.Length > 0 && i < to; i++)
            {
                var end = request.After(string.Join(' ', words), i);
                if (end > 0 && !used.AsSpan(i, end - i).Contains(true))
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
            if (used[i] || IsQuoted(i))
            {
                continue;
            }

            var negative = request.Words[i].Lower is "minus" or "negative" && i + 1 < to ? 1 : 0;
            var word = request.Words[i + negative].Lower.TrimEnd('%').Replace(",", "", StringComparison.Ordinal);
            var length = 1;
            if (!decimal.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                var words = request.Words.Skip(i + negative).Take(24).Select(next => next.Lower).ToArray();
                length = Numbers.Read(words, out value);
            }

            var fits = length > 0 && (!whole || (value == decimal.Truncate(value) && Math.Abs(value) <= long.MaxValue));
            if (fits)
            {
                Use(i, i + negative + length);
                return negative == 1 ? -value : value;
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
            if (!used[i] && !IsQuoted(i))
            {
                var (value, length) = read([.. request.Words.Skip(i).Take(6).Select(word => word.Lower)], now);
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
        if (from >= used.Length)
        {
            return null;
        }

        var (first, last) = (from == 0 ? 0 : request.Words[from].Start - 1, request.Words[Math.Max(from, to - 1)].End);
        var index = quotes.FindIndex(quote => quote.Start >= first && quote.Start < last);
        return index < 0 ? null : TakeQuoteAt(index);
    }

    private string[]? TakeQuotes()
    {
        var texts = new List<string>();
        while (quotes.Count > 0)
        {
            texts.Add(TakeQuoteAt(0));
        }

        return texts.Count > 0 ? [.. texts] : null;
    }

    private string TakeQuoteAt(int index)
    {
        var quote = quotes[index];
        quotes.RemoveAt(index);
        for (var i = 0; i < used.Length; i++)
        {
            used[i] |= request.Words[i].Start >= quote.Start && request.Words[i].End <= quote.End;
        }

        return quote.Text;
    }

    private bool IsQuoted(int word) => quotes.Exists(quote => request.Words[word].Start >= quote.Start && request.Words[word].End <= quote.End);

    private void Use(int start, int end) => used.AsSpan(start, Math.Min(end, used.Length) - start).Fill(true);

    [GeneratedRegex(@"""(?<text>[^""]*)""|“(?<text>[^”]*)”|„(?<text>[^“”]*)[“”]|«\s*(?<text>[^»]*?)\s*»|(?<!\w)'(?<text>[^']+)'(?!\w)")]
    private static partial Regex QuotePattern();
}
