namespace Parley.Server;

/// <summary>A check by a regular expression. Section <c>Live:Calls:Checks</c>.</summary>
public sealed class LiveTextRule
{
    /// <summary>Name in events, metrics and logs; default <c>rule</c>.</summary>
    public string Name { get; set; } = "rule";

    /// <summary>
    /// Regular expression of .NET, without lookarounds and back references, so that its time is linear. It is matched with everything a side has said in the turn.
    /// </summary>
    public string Pattern { get; set; } = "";

    /// <summary>Whether upper and lower case are different; default false.</summary>
    public bool MatchCase { get; set; }

    /// <summary>Whose texts; default both.</summary>
    public LiveCheckDirections Directions { get; set; } = LiveCheckDirections.Both;

    /// <summary>What happens to a text that matches; default Block.</summary>
    public LiveTextAction Action { get; set; } = LiveTextAction.Block;

    /// <summary>Text in place of each match, for Replace; default <c>***</c>.</summary>
    public string Replacement { get; set; } = "***";

    /// <summary>What the client gets as answer, for Block; null = <see cref="LiveCallOptions.Refusal"/>.</summary>
    public string? Refusal { get; set; }

    /// <summary>Whether audio of the model waits for its text (<see cref="LiveCheckOptions.HoldsAnswers"/>); default false.</summary>
    public bool HoldsAnswers { get; set; }
}

/// <summary>What happens to a text that matches a rule.</summary>
public enum LiveTextAction
{
    /// <summary><see cref="LiveVerdict.Block"/>.</summary>
    Block,

    /// <summary><see cref="LiveVerdict.Replace"/>: each match is replaced.</summary>
    Replace,

    /// <summary><see cref="LiveVerdict.End"/> with 1008.</summary>
    End,
}
