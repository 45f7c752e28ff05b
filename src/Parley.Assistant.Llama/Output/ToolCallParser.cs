using System.Text;
using Microsoft.Extensions.AI;

namespace Parley.Assistant.Llama.Output;

/// <summary>
/// Separates function calls from the text of a model. A call is JSON between <c>&lt;tool_call&gt;</c> and <c>&lt;/tool_call&gt;</c>, anywhere;
/// or, if functions are declared, JSON at the start of an answer, with or without a code fence. Nothing of a call is ever text: what may be the
/// beginning of one is held back, and a call that is cut off or invalid is an error.
/// </summary>
/// <param name="functions">Names of the functions that may be called.</param>
internal sealed class ToolCallParser(IReadOnlySet<string> functions)
{
    private const string Open = "<tool_call>";
    private const string Close = "</tool_call>";
    private const int MaxCallCharacters = 64 * 1024;

    // What llama.cpp renders of the marks that models put before a call.
    private static readonly string[] Marks = ["<|python_tag|>", "[TOOL_CALLS]", "```json", "```"];

    private readonly StringBuilder _pending = new();
    private State _state = functions.Count > 0 ? State.Start : State.Text;
    private int _calls;

    private enum State
    {
        Start, Text, Tagged, Json,
    }

    /// <summary>Takes a piece of the answer and returns what is certain.</summary>
    public List<AIContent> Feed(string text)
    {
        var found = new List<AIContent>();
        _pending.Append(text);
        while (Step(found))
        {
        }
        return found;
    }

    /// <summary>The answer is complete: returns what was held back.</summary>
    public List<AIContent> Flush()
    {
        var found = new List<AIContent>();
        var rest = _pending.ToString();
        _pending.Clear();
        if (_state is State.Tagged)
            Add(found, rest);
        else if (_state is State.Json)
            AddAnswer(found, rest);
        // The beginning of a tag is never spoken, not even at the end.
        else if (Text(rest[..^PartialTag.LengthAtEnd(rest, Open)]) is { } last)
            found.Add(last);
        return found;
    }

    // Returns whether there may be more to find.
    private bool Step(List<AIContent> found)
    {
        if (_state == State.Json)
            return LimitCall(found);
        var pending = _pending.ToString();
        switch (_state)
        {
            case State.Start:
                return Begin(pending);
            case State.Text:
                var open = pending.IndexOf(Open, StringComparison.Ordinal);
                var length = open >= 0 ? open : pending.Length - PartialTag.LengthAtEnd(pending, Open);
                if (Text(pending[..length]) is { } words)
                    found.Add(words);
                return Take(open >= 0 ? open + Open.Length : length, open >= 0 ? State.Tagged : State.Text) && open >= 0;
            default:
                var close = pending.IndexOf(Close, StringComparison.Ordinal);
                if (close < 0)
                    return LimitCall(found);
                Add(found, pending[..close]);
                return Take(close + Close.Length, State.Text);
        }
    }

    private bool Begin(string pending)
    {
        var start = pending.AsSpan().TrimStart();
        if (start.IsEmpty)
            return false;
        if (start[0] is '{' or '[' || StartsWithMark(start))
        {
            _state = State.Json;
            return true;
        }
        foreach (var mark in Marks)
        {
            if (start.Length < mark.Length && mark.AsSpan().StartsWith(start, StringComparison.Ordinal))
                return false;
        }
        _state = State.Text;
        return true;
    }

    private static bool StartsWithMark(ReadOnlySpan<char> start)
    {
        foreach (var mark in Marks)
        {
            if (start.StartsWith(mark, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private bool LimitCall(List<AIContent> found)
    {
        if (_pending.Length <= MaxCallCharacters)
            return false;
        found.Add(new ErrorContent($"The model wrote a function call of more than {MaxCallCharacters} characters."));
        _pending.Clear();
        return false;
    }

    private bool Take(int length, State next)
    {
        _pending.Remove(0, length);
        _state = next;
        return true;
    }

    // An answer that looked like a call from its first character on. If it is none, it is text.
    private void AddAnswer(List<AIContent> found, string answer)
    {
        var json = answer.AsSpan().Trim();
        foreach (var mark in Marks)
        {
            if (json.StartsWith(mark, StringComparison.Ordinal))
                json = json[mark.Length..].TrimStart();
        }
        if (json.EndsWith("```", StringComparison.Ordinal))
            json = json[..^3].TrimEnd();
        if (CallJson.TryRead(json.ToString(), out var calls) && calls.Count > 0)
            AddAll(found, calls);
        else if (answer.Contains(Open, StringComparison.Ordinal) || CallJson.LooksLikeCall(answer))
            found.Add(Invalid());
        else if (Text(answer) is { } words)
            found.Add(words);
    }

    private void Add(List<AIContent> found, string json)
    {
        if (CallJson.TryRead(json, out var calls) && calls.Count > 0)
            AddAll(found, calls);
        else
            found.Add(Invalid());
    }

    private void AddAll(List<AIContent> found, IReadOnlyList<(string Name, Dictionary<string, object?> Arguments)> calls)
    {
        foreach (var (name, arguments) in calls)
        {
            found.Add(functions.Contains(name)
                ? new FunctionCallContent($"call-{++_calls}", name, arguments)
                : new ErrorContent("The model called a function that is not declared."));
        }
    }

    private static ErrorContent Invalid() => new("The model wrote a function call that is not valid.");

    private static TextContent? Text(string text) => text.Length > 0 ? new TextContent(text) : null;
}
