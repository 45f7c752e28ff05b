namespace Parley.Server;

/// <summary>Sign-in by the application's own schemes (<see href="https://github.com/parley-live/parley/blob/main/docs/sign-in.md">docs/sign-in.md</see>): section <c>Live:SignIn</c>.</summary>
public sealed class LiveSignInOptions
{
    /// <summary>
    /// Ends each connection of a user when the credential expires that opened it: a JWT, or a cookie. A <c>goAway</c> comes before, and the client may resume with a new
    /// credential. Default false: an expired credential opens no connection, and one that is open lives on for at most <see cref="LiveSessionOptions.ConnectionLifetime"/>.
    /// </summary>
    public bool EndAtExpiry { get; set; }
}
