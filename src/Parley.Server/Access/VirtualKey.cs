using Parley.Protocol.Models;
using Parley.Server.Wire;

namespace Parley.Server;

/// <summary>A virtual key without its secret, which the server does not store. Immutable.</summary>
public sealed record VirtualKey
{
    /// <summary>Id of the key, also part of its secret; may be shown and logged.</summary>
    public required string Id { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it stops opening sessions and minting tokens; null = never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was revoked; null = it was not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Its limits.</summary>
    public KeyLimits Limits { get; init; } = new();

    /// <summary>Whether it is neither revoked nor expired at a given time.</summary>
    public bool IsValid(DateTimeOffset at) => Revoked is null && (Expires is null || Expires > at);

    /// <summary>Whether it may use a model, in any form of its name.</summary>
    internal bool Allows(string model) =>
        Limits.Models is [] || (ModelName.Id(ModelName.Canonical(model)) is { } id && Limits.Models.Any(pattern => ModelPattern.IsMatch(id, pattern)));
}

/// <summary>Limits of a virtual key. Sessions on tokens minted with the key count too.</summary>
public sealed record KeyLimits
{
    /// <summary>Most sessions open at once; one more is refused with 1011. Null = <see cref="LiveSessionOptions.MaxSessionsPerKey"/>.</summary>
    public int? MaxSessions { get; init; }

    /// <summary>Most connections opened per minute, including resumed ones; one more is refused with 1011. Null = unlimited.</summary>
    public int? OpensPerMinute { get; init; }

    /// <summary>Minutes per day (UTC) of all its sessions together; beyond it sessions are closed and new ones refused with 1011. Null = unlimited.</summary>
    public int? MinutesPerDay { get; init; }

    /// <summary>Tokens per day (UTC) of all its sessions together; beyond it as for <see cref="MinutesPerDay"/>. Null = unlimited.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Models it may use, without <c>models/</c>; <c>*</c> stands for any characters. None = all; others are not found (1008).</summary>
    public IReadOnlyList<string> Models { get; init => field = value ?? []; } = [];
}

/// <summary>A newly created key with its secret, which is available only here.</summary>
/// <param name="Secret">The whole key, for <c>?key=</c> or <c>x-goog-api-key</c>.</param>
/// <param name="Key">What the server stores of it.</param>
public sealed record CreatedKey(string Secret, VirtualKey Key)
{
    /// <summary>The id; never the secret.</summary>
    public override string ToString() => $"{nameof(CreatedKey)}({Key.Id})";
}
