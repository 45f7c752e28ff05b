namespace Parley.Protocol;

/// <summary>An empty message, <c>{}</c>: only its presence has a meaning (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#22-json-is-proto3-json">protocol 2.2</see>, rule 10).</summary>
public sealed record Empty
{
    private Empty()
    {
    }

    /// <summary>The only instance.</summary>
    public static Empty Instance { get; } = new();
}
