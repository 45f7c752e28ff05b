namespace Parley.Server.Access;

/// <summary>Who opens a session.</summary>
/// <param name="Owner">Whom sessions are bound to, also those of tokens minted with the key. Says nothing about the key, but not for logs.</param>
/// <param name="KeyId">Name of the key for people: the id of a virtual key, else <c>configured-5f3a91c0</c> or <c>development</c>.</param>
/// <param name="Key">The virtual key, where it is one.</param>
/// <param name="Token">The ephemeral token, where one was shown.</param>
internal sealed record Caller(string Owner, string KeyId, VirtualKey? Key = null, EphemeralToken? Token = null)
{
    /// <summary>The token holds more than its own times and uses: the setup is not the client's alone.</summary>
    internal bool IsLocked => Token is not (null or { Setup: null, FieldMask: [] });

    /// <summary>It locks instruction or tools, so that no later message may change them either (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#45-contextupdate-new-autumn-2026">protocol 4.5</see>).</summary>
    internal bool PinsContext => IsLocked && (Token!.FieldMask is [] || Token.FieldMask.Any(static path => path.Split('.')[0] is "systemInstruction" or "system_instruction" or "tools"));
}
