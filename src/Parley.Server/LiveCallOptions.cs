namespace Parley.Server;

/// <summary>Limits of calls in which the server takes part. Section <c>Live:Calls</c>.</summary>
public sealed class LiveCallOptions
{
    /// <summary>Longest time of <see cref="ILiveCallHandler.OnCallAsync"/>. Default 5 seconds, at most a minute.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time of a function; then the model gets an error. Default 30 seconds, at most an hour.</summary>
    public TimeSpan ToolTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most texts that wait for <see cref="LiveCall.OnTranscript(Action{LiveCallText})"/> in one session. 1 to 100,000, default 1,000.</summary>
    public int MaxWaitingTexts { get; set; } = 1_000;

    /// <summary>Most characters of <see cref="LiveCallText.Text"/>. 100 to 1,000,000, default 20,000.</summary>
    public int MaxTextLength { get; set; } = 20_000;

    /// <summary>
    /// Keys that may control the calls of every key, user and telephone through <c>/live/calls</c>: ids of virtual keys, or configured keys themselves. Default none: a key
    /// reaches its own calls.
    /// </summary>
    public IList<string> ControlKeys { get; } = [];

    /// <summary>Deadline of checks that have none of their own. Default 500 ms, at most a minute.</summary>
    public TimeSpan CheckDeadline { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What happens to a text whose check took too long or threw, for checks that do not say. Default Block: a check that does not run protects nobody.</summary>
    public LiveCheckFailure CheckFailure { get; set; } = LiveCheckFailure.Block;

    /// <summary>What a client gets as answer to a blocked text, for checks that do not say; empty = a turn without text.</summary>
    public string Refusal { get; set; } = "I can't help with that.";

    /// <summary>Checks by regular expressions, in this order and before those of handlers. None by default.</summary>
    public IList<LiveTextRule> Checks { get; } = [];
}
