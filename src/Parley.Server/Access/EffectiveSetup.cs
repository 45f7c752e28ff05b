using Parley.Protocol;

namespace Parley.Server.Access;

/// <summary>Computes the effective setup of a session with a token or a user (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>).</summary>
internal static class EffectiveSetup
{
    /// <summary>Applies what is locked to the setup of the client; <paramref name="requested"/> may be modified.</summary>
    internal static Setup Of(Setup requested, SetupLock setupLock)
    {
        if (setupLock.IsNone)
            return requested;
        var locked = setupLock.Setup ?? new Setup();
        var resumption = requested.SessionResumption;
        if (setupLock.FieldMask is [])
            return locked with { SessionResumption = Resumption(locked.SessionResumption, resumption) };
        // Copying a member writes into its parent, which must not belong to the lock.
        if (requested.GenerationConfig is { } generation)
            requested.GenerationConfig = generation with { };
        foreach (var path in setupLock.FieldMask)
            requested.TryCopyPath(locked, path);
        if (setupLock.FieldMask.Contains("sessionResumption") || setupLock.FieldMask.Contains("session_resumption"))
            requested.SessionResumption = Resumption(locked.SessionResumption, resumption);
        return requested;
    }

    // The handle is kept even if everything is locked: it is a credential of its own, and without it no token session could be resumed.
    private static SessionResumptionConfig? Resumption(SessionResumptionConfig? locked, SessionResumptionConfig? requested)
    {
        if (requested is null || locked?.Handle is not null)
            return locked;
        return (locked ?? new SessionResumptionConfig()) with { Handle = requested.Handle };
    }
}
