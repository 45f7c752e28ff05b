using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.Server.Tests.Access;

/// <summary>A scheme with keys of the application, where official clients send theirs.</summary>
internal sealed class ApplicationKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.GetLiveApiKey() == SignIn.ApplicationKey
        ? AuthenticateResult.Success(new AuthenticationTicket(SignIn.Principal(Scheme.Name, (ClaimTypes.NameIdentifier, "carol")), Scheme.Name))
        : AuthenticateResult.NoResult());
}

/// <summary>A scheme that believes a header: <c>X-Claims: sub=alice,name=A;sub=bob</c>; each identity between semicolons, <c>!</c> before one that is not authenticated.</summary>
internal sealed class ClaimsHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Header = "X-Claims";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers[Header].ToString() is not { Length: > 0 } header)
            return Task.FromResult(AuthenticateResult.NoResult());
        var identities = header.Split(';').Select(static one => new ClaimsIdentity(
            one.TrimStart('!').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('=')).Select(static pair => new Claim(pair[0], pair[1])),
            one.StartsWith('!') ? null : "Claims"));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identities), Scheme.Name)));
    }
}
