namespace Parley.Server.Calls;

/// <summary>What a message of the model is, for <see cref="AnswerGate"/>.</summary>
internal enum AnswerKind
{
    /// <summary>Neither output nor the end of a turn.</summary>
    Other,

    /// <summary>Audio of an answer.</summary>
    Audio,

    /// <summary>Text of an answer, or a transcript.</summary>
    Text,

    /// <summary>A turn ends.</summary>
    End,

    /// <summary>The session ends.</summary>
    Close,
}

/// <summary>A message of the model that waits.</summary>
internal abstract class AnswerItem
{
    internal required AnswerKind Kind { get; init; }

    /// <summary>Its texts, as far as they are checked.</summary>
    internal IReadOnlyList<CallText> Texts { get; init; } = [];

    /// <summary>Its generation; 0 through a relay.</summary>
    internal int Generation { get; init; }

    internal int Bytes { get; init; }

    /// <summary>When it was added.</summary>
    internal long Arrived { get; set; }

    /// <summary>What the checks have decided, if they have.</summary>
    internal AnswerVerdict? Verdict { get; set; }

    /// <summary>It was interrupted.</summary>
    internal bool IsDropped { get; set; }

    /// <summary>A text after it has passed.</summary>
    internal bool IsCovered { get; set; }

    /// <summary>It has a text of the answer; what the model thinks is no transcript of its audio.</summary>
    internal bool HasAnswerText => Texts.Any(static text => text is { IsUser: false, IsThought: false });

    /// <summary>Sends what is left of it.</summary>
    internal abstract ValueTask ReleaseAsync(AnswerVerdict verdict);
}

/// <summary>What the checks have decided about a message of the model. The default value allows it.</summary>
internal readonly record struct AnswerVerdict
{
    /// <summary>Texts to put in the place of others; null = none.</summary>
    internal IReadOnlyList<TextEdit>? Edits { get; init; }

    /// <summary>The text of the user in it, if it is blocked.</summary>
    internal CheckResult User { get; init; }

    /// <summary>The text of the model in it, if it is blocked.</summary>
    internal CheckResult Model { get; init; }

    internal AnswerVerdict With(CallText text, CheckResult result)
    {
        if (result.IsBlocked)
            return text.IsUser ? this with { User = result } : this with { Model = result };
        return result.Replacement is { } replacement ? this with { Edits = [.. Edits ?? [], new TextEdit(text, replacement)] } : this;
    }

    /// <summary>Stops the answer if it is blocked.</summary>
    internal void ApplyTo(CallSide side)
    {
        if (User.IsBlocked)
            side.Suppress(User, isUser: true);
        if (Model.IsBlocked)
            side.Suppress(Model, isUser: false);
    }
}
