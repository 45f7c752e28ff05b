using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Parley.Server;

/// <summary>
/// Decides which users may open sessions, and within which limits (<see href="https://github.com/parley-live/parley/blob/main/docs/sign-in.md">docs/sign-in.md</see>). Called at
/// the opening of a connection, not on the path of messages. If it throws, or takes longer than 10 s, new sessions are closed with 1011 and running ones go on.
/// </summary>
public interface ILiveUserPolicy
{
    /// <summary>Finds the user of a request that a scheme of ASP.NET Core has authenticated.</summary>
    /// <returns>Null if the user is refused: 403, or a close with 1008.</returns>
    ValueTask<LiveUser?> FindAsync(LiveUserRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Looks a user up again: when the setup arrives, for every token of the user that opens a session, every 30 s while a session runs, and after <see cref="LiveUsers.RecheckAsync"/>.
    /// The default returns the user unchanged.
    /// </summary>
    /// <param name="user">The user as last found. For a token: without setup, because the token has it.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    /// <returns>The user with the limits of now; the id must be the same. Null if the user is no longer allowed: its sessions are closed with 1008.</returns>
    ValueTask<LiveUser?> RecheckAsync(LiveUser user, CancellationToken cancellationToken) => new(user);
}

/// <summary>A request to be mapped to a user. Valid during the call.</summary>
public sealed record LiveUserRequest
{
    /// <summary>The authenticated principal.</summary>
    public required ClaimsPrincipal Principal { get; init; }

    /// <summary>The request, without the credentials of the Live API and with a redacted query string.</summary>
    public required HttpRequest Request { get; init; }

    /// <summary>Name of the scheme that authenticated the request; if several were asked, their names, separated by semicolons. Null if it is unknown.</summary>
    public string? Scheme { get; init; }

    /// <summary>When the credential of the user expires, if its scheme reports it; see <see cref="LiveSignInOptions.EndAtExpiry"/>.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The scheme; neither principal nor request.</summary>
    public override string ToString() => $"{nameof(LiveUserRequest)}({Scheme})";
}
