using System.Globalization;
using Microsoft.Extensions.AI;
using Parley.Assistant.Intents;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>What came of looking for function calls in a turn: calls to make, sentences to say, or neither.</summary>
internal sealed class FunctionDesk(RuleTurn turn)
{
    private readonly List<FunctionCallContent> calls = [];
    private readonly List<string> sentences = [];

    public IReadOnlyList<FunctionCallContent> Calls => calls;

    public string Text => string.Join(' ', sentences);

    private bool HasOutcome => calls.Count > 0 || sentences.Count > 0;

    /// <summary>Follows every "call the function NAME with {json}" in what was said.</summary>
    public bool FollowExplicitRequests()
    {
        foreach (var request in CallRequest.FindAll(SpokenNames.Resolve(turn.Heard.Text, turn.Functions), name => Find(name) is not null))
        {
            var function = Find(request.Name);
            if (function is null)
            {
                Say(turn.Phrases.UnknownFunction, request.Name);
            }
            else if (request.Broken)
            {
                Say(turn.Phrases.BadArguments, function.Name);
            }
            else
            {
                CallOrAsk(function, request.Arguments ?? FillFrom(function, request.Words));
            }
        }

        return HasOutcome;
    }

    /// <summary>Takes what was said as the answer to our own question for an argument, and asks or calls again.</summary>
    public bool FollowAnswer()
    {
        var question = turn.Tail.LastAnswer;
        if (question.Length == 0 || turn.Heard.IsEmpty || IntentTable.AsksSomethingElse(turn))
        {
            return false;
        }

        foreach (var function in turn.Functions)
        {
            foreach (var parameter in function.Parameters.Where(parameter => parameter.Required))
            {
                if (Asks(question, function, parameter)
                    && FunctionMatcher.Find(turn.Heard, [function]) is null
                    && ArgumentFiller.FillOne(parameter, turn.Heard, turn.Now) is { } value)
                {
                    var earlier = SpokenNames.Resolve(turn.Tail.PreviousRequest, turn.Functions);
                    var request = CallRequest.FindAll(earlier, name => Find(name) == function).FirstOrDefault(candidate => Find(candidate.Name) == function);
                    var arguments = request?.Arguments ?? FillFrom(function, request?.Words ?? earlier);
                    arguments[parameter.Name] = value;
                    CallOrAsk(function, arguments);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Calls what the request plainly names. Clauses joined by "and" may each name a function.</summary>
    public bool FollowPlainRequests()
    {
        if (turn.Functions.Count == 0 || turn.Heard.Words.Count == 0)
        {
            return false;
        }

        foreach (var clause in Clauses(turn.Heard))
        {
            if (FunctionMatcher.Find(clause, turn.Functions) is { } match)
            {
                CallOrAsk(match.Function, ArgumentFiller.Fill(match, clause, turn.Now));
            }
        }

        return HasOutcome;
    }

    // An interruption leaves only the beginning of our question in the history; the parameter's name tells it apart.
    private bool Asks(string question, FunctionShape function, ParameterShape parameter)
    {
        var asked = turn.Phrases.AskArgument.With(parameter.SpokenName, function.SpokenName);
        var last = question[(question.LastIndexOf(". ", StringComparison.Ordinal) is var end and >= 0 ? end + 2 : 0)..];
        return question.EndsWith(asked, StringComparison.Ordinal)
            || (parameter.SpokenName.Length > 0 && asked.StartsWith(last, StringComparison.Ordinal) && new Utterance(last).HasAny([parameter.SpokenName]));
    }

    private Utterance[] Clauses(Utterance heard)
    {
        var parts = heard.Text.Split(" and ", StringSplitOptions.RemoveEmptyEntries).Select(part => new Utterance(part)).ToArray();
        var eachNamesOne = parts.Length > 1 && parts.Length < 10
            && parts.All(part => part.Words.Count > 0 && FunctionMatcher.Find(part, turn.Functions) is not null);
        return eachNamesOne ? parts : [heard];
    }

    private Dictionary<string, object?> FillFrom(FunctionShape function, string words)
    {
        var request = new Utterance(words);
        var match = FunctionMatcher.Find(request, [function]) ?? new FunctionMatch(function, new HashSet<int>());
        return ArgumentFiller.Fill(match, request, turn.Now);
    }

    private void CallOrAsk(FunctionShape function, Dictionary<string, object?> arguments)
    {
        if (function.Parameters.FirstOrDefault(parameter => parameter.Required && !arguments.ContainsKey(parameter.Name)) is { } missing)
        {
            Say(turn.Phrases.AskArgument, missing.SpokenName, function.SpokenName);
            return;
        }

        var id = string.Create(CultureInfo.InvariantCulture, $"{turn.ReplyId}-{calls.Count + 1}-{function.Name}");
        calls.Add(new FunctionCallContent(id, function.Name, arguments));
    }

    private FunctionShape? Find(string name) =>
        turn.Functions.FirstOrDefault(function => function.Name == name)
        ?? turn.Functions.FirstOrDefault(function => function.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Say(string phrase, params object[] values) => sentences.Add(phrase.With(values));
}
