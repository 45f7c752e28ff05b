using Microsoft.AspNetCore.Http;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary>Identifies the caller, or refuses it with the close of the public service (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#13-what-a-bad-credential-looks-like">protocol 1.3</see>).</summary>
internal sealed class CredentialCheck(KeyRing keys, ITokenStore tokens, TokenSeal seal, WallClock clock)
{
    /// <summary>Checks the caller of a socket.</summary>
    /// <param name="context">The request.</param>
    /// <param name="constrained">Whether this is the method for tokens; the other one is for keys.</param>
    internal (Caller? Caller, Refusal? Refusal) CheckSocket(HttpContext context, bool constrained)
    {
        var credential = Credential.Read(context.Request);
        if (!constrained)
            return CheckKey(credential, context);
        if (credential.Token is { } name)
            return CheckToken(name);
        // A token in place of a key is an unknown key; a valid key was sent to the wrong method.
        return credential.Key is { } key && keys.Find(key, context).Caller is null ? (null, Refusal.InvalidKey) : (null, Refusal.NoIdentity);
    }

    /// <summary>Checks the caller of an HTTP method.</summary>
    internal (Caller? Caller, Refusal? Refusal) CheckHttp(HttpContext context) => CheckKey(Credential.Read(context.Request), context);

    /// <summary>Checks a key that was not sent as a credential of the API.</summary>
    internal (Caller? Caller, Refusal? Refusal) CheckKey(string key, HttpContext context) => keys.Find(key, context);

    private (Caller? Caller, Refusal? Refusal) CheckKey(Credential credential, HttpContext context) =>
        credential.Key is { } key ? CheckKey(key, context) : (null, Refusal.NoIdentity);

    private (Caller? Caller, Refusal? Refusal) CheckToken(string name)
    {
        if (!seal.TryOpen(name, out var id, out var expires))
            return (null, Refusal.InvalidKey);
        if (expires <= clock.Now)
            return (null, Refusal.ExpiredToken);
        if (tokens.Find(id) is not { } token)
            return (null, Refusal.InvalidKey);
        // A token is valid only as long as its key.
        return keys.Recheck(token.KeyId, out var key) is { } refusal ? (null, refusal) : (new Caller(token.Owner, token.KeyId, key, token), null);
    }
}
