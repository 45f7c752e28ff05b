namespace Parley.Server.Access;

/// <summary>Who opens a session.</summary>
/// <param name="Owner">Owner of the sessions, the same for tokens minted with the key. Does not reveal the key, but must not be logged.</param>
/// <param name="KeyId">Display id of the key: the id of a virtual key, otherwise <c>configured-5f3a91c0</c> or <c>development</c>.</param>
/// <param name="Key">The virtual key; null if it is another key.</param>
/// <param name="Token">The ephemeral token; null if a key was sent.</param>
internal sealed record Caller(string Owner, string KeyId, VirtualKey? Key = null, EphemeralToken? Token = null)
{
    /// <summary>The token locks a setup or fields of it.</summary>
    internal bool IsLocked => Token is not (null or { Setup: null, FieldMask: [] });

    /// <summary>The token locks instruction or tools, so no later message may change them either (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#45-contextupdate-new-autumn-2026">protocol 4.5</see>).</summary>
    internal bool PinsContext => IsLocked && (Token!.FieldMask is [] || Token.FieldMask.Any(static path => path.Split('.')[0] is "systemInstruction" or "system_instruction" or "tools"));
}
