using Microsoft.AspNetCore.Http;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary>Identifies the caller, or refuses it with the close of the public service (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#13-what-a-bad-credential-looks-like">protocol 1.3</see>).</summary>
internal sealed class CredentialCheck(KeyRing keys, UserRing users, AmbientCredentials ambient, ITokenStore tokens, TokenSeal seal, WallClock clock)
{
    /// <summary>Checks the caller of a socket.</summary>
    /// <param name="context">The request.</param>
    /// <param name="constrained">Whether this is the method for tokens; the other one is for keys. A user may call both.</param>
    internal ValueTask<(Caller? Caller, Refusal? Refusal)> CheckSocketAsync(HttpContext context, bool constrained)
    {
        var credential = Credential.Read(context.Request);
        return users.Accepts(context) ? CheckSignedInAsync(credential, context, constrained) : CheckAsync(credential, context, constrained);
    }

    /// <summary>Checks the caller of an HTTP method.</summary>
    internal ValueTask<(Caller? Caller, Refusal? Refusal)> CheckHttpAsync(HttpContext context)
    {
        var credential = Credential.Read(context.Request);
        return users.Accepts(context) ? CheckSignedInAsync(credential, context, constrained: false) : CheckKeyAsync(credential, context);
    }

    /// <summary>Checks a key that was not sent as a credential of the API.</summary>
    internal ValueTask<(Caller? Caller, Refusal? Refusal)> CheckKeyAsync(string key, HttpContext context) => keys.FindAsync(key, context);

    /// <summary>A key or token of this server decides, also if it is refused. Without one the principal does.</summary>
    private async ValueTask<(Caller? Caller, Refusal? Refusal)> CheckSignedInAsync(Credential credential, HttpContext context, bool constrained)
    {
        if (credential.OwnToken is { } token)
            return await WithPrincipalAsync(await CheckAsync(credential with { Token = token }, context, constrained).ConfigureAwait(false), context).ConfigureAwait(false);
        if (credential is { Key: not null, IsKeyOfApplication: false })
            return await WithPrincipalAsync(await CheckAsync(credential with { Token = null }, context, constrained).ConfigureAwait(false), context).ConfigureAwait(false);
        // A bearer is a key of this server, or what has signed the user in.
        if (!constrained && credential.Key is { } key && await CheckKeyAsync(key, context).ConfigureAwait(false) is { Caller: not null } known)
            return await WithPrincipalAsync(known, context).ConfigureAwait(false);
        return await ambient.IsFromAllowedPageAsync(context).ConfigureAwait(false) ? await users.FindAsync(context).ConfigureAwait(false) : (null, Refusal.ForeignOrigin);
    }

    private async ValueTask<(Caller? Caller, Refusal? Refusal)> WithPrincipalAsync((Caller? Caller, Refusal? Refusal) found, HttpContext context)
    {
        if (found.Caller is not { } caller)
            return found;
        // A token does not pass from one signed-in user to another.
        if (caller.Token?.UserId is { } userId && !await users.IsUserAsync(context, userId).ConfigureAwait(false))
            return (null, Refusal.UserRefused);
        return (caller with { Principal = context.User }, null);
    }

    private async ValueTask<(Caller? Caller, Refusal? Refusal)> CheckAsync(Credential credential, HttpContext context, bool constrained)
    {
        if (!constrained)
            return await CheckKeyAsync(credential, context).ConfigureAwait(false);
        if (credential.Token is { } name)
            return await CheckTokenAsync(name, context.RequestAborted).ConfigureAwait(false);
        // A token in place of a key is an unknown key; a valid key was sent to the wrong method.
        return credential.Key is { } key && (await keys.FindAsync(key, context).ConfigureAwait(false)).Caller is null ? (null, Refusal.InvalidKey) : (null, Refusal.NoIdentity);
    }

    private ValueTask<(Caller? Caller, Refusal? Refusal)> CheckKeyAsync(Credential credential, HttpContext context) =>
        credential.Key is { } key ? CheckKeyAsync(key, context) : new((null, Refusal.NoIdentity));

    private async ValueTask<(Caller? Caller, Refusal? Refusal)> CheckTokenAsync(string name, CancellationToken cancellationToken)
    {
        if (!seal.TryOpen(name, out var id, out var expires))
            return (null, Refusal.InvalidKey);
        if (expires <= clock.Now)
            return (null, Refusal.ExpiredToken);
        if (await tokens.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } token)
            return (null, Refusal.InvalidKey);
        if (token.UserId is not null)
            return await users.FindAsync(token, cancellationToken).ConfigureAwait(false);
        // A token is valid only as long as its key.
        var (refusal, key) = await keys.RecheckAsync(token.KeyId, cancellationToken).ConfigureAwait(false);
        return refusal is not null ? (null, refusal) : (new Caller(token.Owner, token.KeyId, key, token), null);
    }
}
