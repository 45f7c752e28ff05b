using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Parley.Cluster.Tests.Harness;

/// <summary>
/// What a model of the tests has been told. A turn of the user is a number. Every third one makes the model call a function with it, and each answer says which turns
/// were heard and which calls were answered, so that a turn or a response that is missing or there twice is in the answer.
/// </summary>
internal sealed partial record Conversation
{
    public const string Function = "count";

    private const int Listed = 5;

    private ImmutableList<int> Heard { get; init; } = [];

    private ImmutableList<int> Counted { get; init; } = [];

    private ImmutableDictionary<string, int> Calls { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>The newest turn.</summary>
    public int Turn => Heard[^1];

    /// <summary>The whole answer of a call whose first turn had a given number.</summary>
    public static string Expected(int first, int turn) => Answer(turn, Enumerable.Range(first, turn - first + 1), Enumerable.Range(first, turn - first + 1).Where(CallsFunction));

    public static bool CallsFunction(int turn) => turn % 3 == 0;

    public static string Question(int turn) => string.Create(CultureInfo.InvariantCulture, $"turn {turn}");

    public Conversation Ask(string text) => this with { Heard = Heard.AddRange(Number().Matches(text).Select(static match => int.Parse(match.ValueSpan, CultureInfo.InvariantCulture))) };

    /// <summary>The model calls the function with the number of the newest turn.</summary>
    public Conversation Call(string id) => this with { Calls = Calls.SetItem(id, Turn) };

    /// <summary>A response; -1 if there was no such call.</summary>
    public Conversation Respond(string id) => this with { Counted = Counted.Add(Calls.GetValueOrDefault(id, -1)) };

    public string Answer() => Answer(Turn, Heard, Counted);

    private static string Answer(int turn, IEnumerable<int> heard, IEnumerable<int> counted) =>
        string.Create(CultureInfo.InvariantCulture, $"Turn {turn}: heard {List(heard)}; counted {List(counted)}.");

    // Their number and the newest ones: all of them would fill the context of the model after some hundred turns.
    private static string List(IEnumerable<int> turns)
    {
        var all = turns.ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{all.Count}, at last {string.Join(' ', all.TakeLast(Listed))}");
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
