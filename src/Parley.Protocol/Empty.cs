namespace Parley.Protocol;

/// <summary>An empty message, <c>{}</c>: its presence is what it says (reference section 2.2, rule 10).</summary>
public sealed record Empty
{
    private Empty()
    {
    }

    /// <summary>The only instance.</summary>
    public static Empty Instance { get; } = new();
}
