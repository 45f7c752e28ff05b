namespace Parley.Server;

/// <summary>Who opens a session.</summary>
/// <param name="Owner">Whom sessions are bound to: a hash of the key, also for tokens minted with it. Not for logs.</param>
/// <param name="Token">The ephemeral token, where one was shown.</param>
internal sealed record Caller(string Owner, EphemeralToken? Token);
