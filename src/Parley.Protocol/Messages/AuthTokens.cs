using Parley.Protocol.Codec;

namespace Parley.Protocol;

/// <summary>Body of <c>POST /{version}/auth_tokens</c> (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#111-request">protocol 11.1</see>).</summary>
public sealed record AuthTokenRequest
{
    /// <summary>
    /// The service's reason (400) for a request whose mask does not cover its setup
    /// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>).
    /// </summary>
    public const string UnmaskedFieldsReason = "BidiGenerateContentSetup contains fields that are not specified in field_mask";

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

    /// <summary>
    /// Returns the paths of the setup that are set and not covered by <see cref="FieldMask"/>, in snake_case, such as <c>generation_config.seed</c>.
    /// A mask path covers everything below it. Empty if the mask is empty: it covers all. A request with such paths is refused with
    /// <see cref="UnmaskedFieldsReason"/>, as its token would not lock them.
    /// </summary>
    public IReadOnlyList<string> FindUnmaskedPaths()
    {
        var mask = (FieldMask ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unmasked = new List<string>();
        if (mask.Length > 0 && BidiGenerateContentSetup is { } setup)
            WireTypes.Setup.AddUnmasked(setup, mask, "", unmasked);
        return unmasked;
    }
}

/// <summary>Response to a token request (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#112-response">protocol 11.2</see>).</summary>
public sealed record AuthTokenResponse
{
    /// <summary>The credential, <c>auth_tokens/…</c>; empty if the response has none.</summary>
    public string Name { get; set; } = "";
}
