using System.Globalization;
using Microsoft.Extensions.AI;
using Parley.Assistant.Intents;
using Parley.Assistant.Languages;
using Parley.Assistant.Rules;

namespace Parley.Assistant.Functions;

/// <summary>Finds the function calls that a turn asks for. The result is calls to make, sentences to say, or neither.</summary>
internal sealed class FunctionCallPlanner(TurnContext turn)
{
    private readonly List<FunctionCallContent> _calls = [];
    private readonly List<string> _sentences = [];

    public IReadOnlyList<FunctionCallContent> Calls => _calls;

    public string Text => string.Join(' ', _sentences);

    private bool HasPlan => _calls.Count > 0 || _sentences.Count > 0;

    /// <summary>Plans a call for every "call the function NAME with {json}".</summary>
    public bool PlanExplicitCalls()
    {
        foreach (var request in CallRequest.FindAll(SpokenNames.Resolve(turn.Heard.Text, turn.Functions), name => Find(name) is not null))
        {
            var function = Find(request.Name);
            if (function is null)
                Say(turn.Phrases.UnknownFunction, request.Name);
            else if (request.Broken)
                Say(turn.Phrases.BadArguments, function.Name);
            else
                CallOrAsk(function, request.Arguments ?? FillFrom(function, request.Words));
        }
        return HasPlan;
    }

    /// <summary>Takes what was said as the answer to our question for an argument, and makes the call or asks for the next one.</summary>
    public bool CompleteAskedCall()
    {
        var question = turn.Tail.LastAnswer;
        if (question.Length == 0 || turn.Heard.IsEmpty || IntentTable.AsksSomethingElse(turn))
            return false;
        foreach (var function in turn.Functions)
        {
            foreach (var parameter in function.Parameters.Where(parameter => parameter.Required))
            {
                if (Asks(question, function, parameter)
                    && FunctionMatcher.Find(turn.Heard, [function]) is null
                    && ArgumentFiller.FillOne(parameter, turn.Heard, turn.Now) is { } value)
                {
                    var earlier = SpokenNames.Resolve(turn.Tail.PreviousRequest, turn.Functions);
                    var request = CallRequest.FindAll(earlier, name => Find(name) == function)
                        .FirstOrDefault(candidate => Find(candidate.Name) == function);
                    var arguments = request?.Arguments ?? FillFrom(function, request?.Words ?? earlier);
                    arguments[parameter.Name] = value;
                    CallOrAsk(function, arguments);
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Plans a call of the function that a plain request names. Clauses joined by "and" may each name a function.</summary>
    public bool PlanRequestedCalls()
    {
        if (turn.Functions.Count == 0 || turn.Heard.Words.Count == 0)
            return false;
        foreach (var clause in Clauses(turn.Heard))
        {
            if (FunctionMatcher.Find(clause, turn.Functions) is { } match)
                CallOrAsk(match.Function, ArgumentFiller.Fill(match, clause, turn.Now));
        }
        return HasPlan;
    }

    // An interruption leaves only the beginning of our question in the history; the parameter's name identifies it.
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
        var id = string.Create(CultureInfo.InvariantCulture, $"{turn.ReplyId}-{_calls.Count + 1}-{function.Name}");
        _calls.Add(new FunctionCallContent(id, function.Name, arguments));
    }

    private FunctionShape? Find(string name) =>
        turn.Functions.FirstOrDefault(function => function.Name == name)
        ?? turn.Functions.FirstOrDefault(function => function.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Say(string phrase, params object[] values) => _sentences.Add(phrase.With(values));
}
