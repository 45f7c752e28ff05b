using Parley.Protocol;

namespace Parley.Server.Access;

/// <summary>Which setup counts on a session of a token (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>).</summary>
internal static class EffectiveSetup
{
    /// <summary>Lays what the token locks over what the client asks for; <paramref name="asked"/> may be changed.</summary>
    internal static Setup Of(Setup asked, EphemeralToken? token)
    {
        if (token is null || token is { Setup: null, FieldMask: [] })
            return asked;
        var locked = token.Setup ?? new Setup();
        var resumption = asked.SessionResumption;
        if (token.FieldMask is [])
            return locked with { SessionResumption = Resumption(locked.SessionResumption, resumption) };
        // Copying a member writes into its parent, which must not be the token's own.
        if (asked.GenerationConfig is { } generation)
            asked.GenerationConfig = generation with { };
        foreach (var path in token.FieldMask)
            asked.TryCopyPath(locked, path);
        if (token.FieldMask.Contains("sessionResumption") || token.FieldMask.Contains("session_resumption"))
            asked.SessionResumption = Resumption(locked.SessionResumption, resumption);
        return asked;
    }

    // The handle passes even where all is locked: it is a credential of its own, and without it nobody could resume on a token.
    private static SessionResumptionConfig? Resumption(SessionResumptionConfig? locked, SessionResumptionConfig? asked)
    {
        if (asked is null || locked?.Handle is not null)
            return locked;
        return (locked ?? new SessionResumptionConfig()) with { Handle = asked.Handle };
    }
}
