using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// Creates ephemeral tokens in code, for example in a controller of the application
/// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-ephemeral-tokens">protocol 11</see>). Resolve it from the services of the server. Safe for use by many threads.
/// </summary>
public interface ILiveTokens
{
    /// <summary>Creates a token. Its name is returned here only.</summary>
    /// <exception cref="ArgumentException">The request is invalid; the message says what.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="LiveSessionOptions.MaxTokens"/> unexpired tokens.</exception>
    /// <exception cref="StorageException">The token could not be stored.</exception>
    ValueTask<LiveToken> CreateAsync(LiveTokenRequest request, CancellationToken cancellationToken = default);
}

/// <summary>An ephemeral token to be created: for a key or for a user.</summary>
public sealed record LiveTokenRequest
{
    /// <summary>
    /// Id of a virtual key, or a configured key or its id: owner, limits and usage are those of the key, and the token ends with it. Null if <see cref="User"/> is given.
    /// </summary>
    public string? KeyId { get; init; }

    /// <summary>
    /// The user: owner, limits and metadata are those of the user, and the setup of the user overrides <see cref="Setup"/>. <see cref="ILiveUserPolicy.RecheckAsync"/> is asked when a session opens.
    /// Null if <see cref="KeyId"/> is given.
    /// </summary>
    public LiveUser? User { get; init; }

    /// <summary>New sessions that the token may open; null = any number. Default 1.</summary>
    public int? Uses { get; init; } = 1;

    /// <summary>End of every session on the token, less than 20 hours ahead. Null (the default) = in 30 minutes.</summary>
    public DateTimeOffset? ExpireTime { get; init; }

    /// <summary>Time after which the token opens no new session. Null (the default) = in one minute.</summary>
    public DateTimeOffset? NewSessionExpireTime { get; init; }

    /// <summary>The setup that the client cannot change; null = none.</summary>
    public Setup? Setup { get; init; }

    /// <summary>Paths of <see cref="Setup"/> that override the client's; empty = the whole setup, if there is one.</summary>
    public IReadOnlyList<string> FieldMask { get; init => field = value ?? []; } = [];

    /// <summary>Facts for models, events and chat clients, added to those of the user: <see cref="LiveCaller.Metadata"/>. Limits as for <see cref="LiveUser.Metadata"/>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = value ?? LiveMetadata.None; } = LiveMetadata.None;

    /// <summary>The name of the type only.</summary>
    public override string ToString() => nameof(LiveTokenRequest);
}

/// <summary>A newly created ephemeral token.</summary>
/// <param name="Name">What the client uses as its token: <c>auth_tokens/…</c>. Secret.</param>
/// <param name="ExpireTime">End of every session on it.</param>
/// <param name="NewSessionExpireTime">Time after which it opens no new session.</param>
public sealed record LiveToken(string Name, DateTimeOffset ExpireTime, DateTimeOffset NewSessionExpireTime)
{
    /// <summary>The expiry; never the name.</summary>
    public override string ToString() => $"{nameof(LiveToken)}({ExpireTime:O})";
}
