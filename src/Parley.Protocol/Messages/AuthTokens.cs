namespace Parley.Protocol;

/// <summary>Body of <c>POST /{version}/auth_tokens</c> (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#111-request">protocol 11.1</see>).</summary>
public sealed record AuthTokenRequest
{
    /// <summary>New sessions the token may open; default 1, 0 = unlimited.</summary>
    public int? Uses { get; set; }

    /// <summary>End of the token; default 30 minutes from now, at most 20 hours.</summary>
    public DateTimeOffset? ExpireTime { get; set; }

    /// <summary>Latest time to open a new session; default 60 seconds from now.</summary>
    public DateTimeOffset? NewSessionExpireTime { get; set; }

    /// <summary>The locked configuration.</summary>
    public Setup? BidiGenerateContentSetup { get; set; }

    /// <summary>Paths of it that override the client's setup; empty = all.</summary>
    public string? FieldMask { get; set; }
}

/// <summary>Response to a token request (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#112-response">protocol 11.2</see>).</summary>
public sealed record AuthTokenResponse
{
    /// <summary>The credential, <c>auth_tokens/…</c>.</summary>
    public string? Name { get; set; }
}
