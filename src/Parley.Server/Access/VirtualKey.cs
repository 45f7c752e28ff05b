using Parley.Server.Wire;

namespace Parley.Server;

/// <summary>A key this server gave out, without its secret: that is known to nobody but who was given it. Immutable.</summary>
public sealed record VirtualKey
{
    /// <summary>Its id, which is also the first part of the key and may be shown and logged.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it stops opening sessions and minting tokens; null = never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When it was revoked; null = it was not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>What it may do.</summary>
    public KeyLimits Limits { get; init; } = new();

    /// <summary>Whether it opens anything at a given time.</summary>
    public bool IsValid(DateTimeOffset at) => Revoked is null && (Expires is null || Expires > at);

    /// <summary>Whether it may use a model, in any form of its name.</summary>
    internal bool Allows(string model) =>
        Limits.Models is [] || (ModelName.Id(ModelName.Canonical(model)) is { } id && Limits.Models.Any(pattern => ModelName.Fits(id, pattern)));
}

/// <summary>What a key may do. Tokens minted with it count on it.</summary>
public sealed record KeyLimits
{
    /// <summary>Sessions open at once; one more is refused with 1011. Null = as many as <see cref="LiveSessionOptions.MaxSessionsPerKey"/>.</summary>
    public int? MaxSessions { get; init; }

    /// <summary>Connections opened in a minute, resumed ones included; one more is refused with 1011. Null = any number.</summary>
    public int? OpensPerMinute { get; init; }

    /// <summary>Minutes of all its sessions together in a day (UTC); then sessions end, and new ones are refused with 1011. Null = any number.</summary>
    public int? MinutesPerDay { get; init; }

    /// <summary>Tokens of all its sessions together in a day (UTC), as in <see cref="MinutesPerDay"/>. Null = any number.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Models it may use, without <c>models/</c>; <c>*</c> stands for any characters. None = all; others are not found (1008).</summary>
    public IReadOnlyList<string> Models { get; init => field = value ?? []; } = [];
}

/// <summary>A key that was just made. The only time that its secret is seen.</summary>
/// <param name="Secret">The whole key, for <c>?key=</c> or <c>x-goog-api-key</c>.</param>
/// <param name="Key">What the server keeps of it.</param>
public sealed record CreatedKey(string Secret, VirtualKey Key)
{
    /// <summary>The id; never the secret.</summary>
    public override string ToString() => $"{nameof(CreatedKey)}({Key.Id})";
}
