namespace Parley.Testing;

/// <summary>
/// A condition on a turn of the user, which explains why a turn does not meet it. Create one with <see cref="Heard"/>; combine them with <c>&amp;</c>,
/// <c>|</c> and <c>!</c>.
/// </summary>
public sealed class TurnMatch
{
    private readonly Func<UserTurn, string?> _mismatch;

    internal TurnMatch(string description, Func<UserTurn, string?> mismatch) => (Description, _mismatch) = (description, mismatch);

    /// <summary>The condition in words, such as <c>text that contains "lamp"</c>.</summary>
    public string Description { get; }

    /// <summary>Why the turn does not meet the condition; null if it does.</summary>
    public string? Mismatch(UserTurn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return _mismatch(turn);
    }

    /// <summary>Both conditions.</summary>
    public static TurnMatch operator &(TurnMatch left, TurnMatch right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new($"{left.Description} and {right.Description}", turn => left.Mismatch(turn) ?? right.Mismatch(turn));
    }

    /// <summary>One of the conditions, or both.</summary>
    public static TurnMatch operator |(TurnMatch left, TurnMatch right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(
            $"{left.Description} or {right.Description}",
            turn => left.Mismatch(turn) is { } first && right.Mismatch(turn) is { } second ? $"{first}; {second}" : null);
    }

    /// <summary>Everything but this.</summary>
    public static TurnMatch operator !(TurnMatch match)
    {
        ArgumentNullException.ThrowIfNull(match);
        return new($"not {match.Description}", turn => match.Mismatch(turn) is null ? $"it is {match.Description}" : null);
    }

    /// <inheritdoc cref="op_BitwiseAnd"/>
    public static TurnMatch BitwiseAnd(TurnMatch left, TurnMatch right) => left & right;

    /// <inheritdoc cref="op_BitwiseOr"/>
    public static TurnMatch BitwiseOr(TurnMatch left, TurnMatch right) => left | right;

    /// <inheritdoc cref="op_LogicalNot"/>
    public static TurnMatch LogicalNot(TurnMatch match) => !match;

    /// <summary><see cref="Description"/>.</summary>
    public override string ToString() => Description;
}
