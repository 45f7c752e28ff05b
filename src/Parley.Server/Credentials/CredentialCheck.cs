using Microsoft.AspNetCore.Http;

namespace Parley.Server;

/// <summary>Says who calls, or with which close of the public service the caller is refused (reference section 1.3).</summary>
internal sealed class CredentialCheck(KeyRing keys, ITokenStore tokens)
{
    /// <summary>Checks the caller of a socket.</summary>
    /// <param name="context">The request.</param>
    /// <param name="constrained">The method that takes tokens; the other takes keys.</param>
    internal (Caller? Caller, LiveClose? Refusal) CheckSocket(HttpContext context, bool constrained)
    {
        var credential = Credential.Read(context.Request);
        if (!constrained)
            return CheckKey(credential, context);
        if (credential.Token is not { } name)
        {
            // A token in the place of a key is a key that is not known; a key that is known is on the wrong method.
            return credential.Key is { } key && keys.OwnerOf(key, context) is null ? (null, LiveClose.InvalidKey) : (null, LiveClose.NoIdentity);
        }
        return tokens.Find(name) is { } token ? (new Caller(token.Owner, token), null) : (null, LiveClose.InvalidKey);
    }

    /// <summary>Checks the caller of an HTTP method.</summary>
    internal (Caller? Caller, LiveClose? Refusal) CheckHttp(HttpContext context) => CheckKey(Credential.Read(context.Request), context);

    /// <summary>Checks a key that came some other way than in a credential of the API.</summary>
    internal (Caller? Caller, LiveClose? Refusal) CheckKey(string key, HttpContext context) =>
        keys.OwnerOf(key, context) is { } owner ? (new Caller(owner, null), null) : (null, LiveClose.InvalidKey);

    private (Caller? Caller, LiveClose? Refusal) CheckKey(Credential credential, HttpContext context) =>
        credential.Key is { } key ? CheckKey(key, context) : (null, LiveClose.NoIdentity);
}
