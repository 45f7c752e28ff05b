namespace Parley.Server;

/// <summary>How a check of texts runs (<see cref="LiveCall.AddCheck"/>). What is null is taken from <see cref="LiveCallOptions"/>.</summary>
public sealed record LiveCheckOptions
{
    /// <summary>Its name in events, metrics and logs; default <c>check</c>. Each name is a time series of metrics.</summary>
    public string Name { get; init; } = "check";

    /// <summary>Longest time for one text; then <see cref="OnFailure"/> decides. Greater than 0, at most a minute.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>What happens to a text if the check takes too long or throws.</summary>
    public LiveCheckFailure? OnFailure { get; init; }

    /// <summary>Whose texts it gets; default both.</summary>
    public LiveCheckDirections Directions { get; init; } = LiveCheckDirections.Both;

    /// <summary>
    /// Whether audio of the model waits until the text that belongs to it has passed. False: audio is not delayed, and a blocked text cuts the rest of the
    /// answer. Text waits in any case.
    /// </summary>
    public bool HoldsAnswers { get; init; }

    /// <summary>What the client gets as answer to a blocked text; empty = a turn without text.</summary>
    public string? Refusal { get; init; }
}

/// <summary>What happens to a text whose check failed.</summary>
public enum LiveCheckFailure
{
    /// <summary>It is blocked.</summary>
    Block,

    /// <summary>It passes.</summary>
    Allow,
}

/// <summary>Whose texts a check gets.</summary>
[Flags]
public enum LiveCheckDirections
{
    /// <summary>Nobody's.</summary>
    None = 0,

    /// <summary>What the user types and says.</summary>
    User = 1,

    /// <summary>What the model answers, as text or as transcript of its audio.</summary>
    Model = 2,

    /// <summary>Both.</summary>
    Both = User | Model,
}
