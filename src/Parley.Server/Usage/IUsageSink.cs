using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// Takes what sessions used, once for each <c>usageMetadata</c> a client was sent. Register any number as singletons. Called on the way of
/// the message: be quick, and never throw. Whoever sends usage to a client calls all of them: the host for what models send as messages,
/// the relay for what it forwards unread.
/// </summary>
public interface IUsageSink
{
    /// <summary>Takes one record.</summary>
    void Record(in UsageRecord record);
}

/// <summary>One <c>usageMetadata</c> of one session (reference section 10).</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Owner">Whom the session is bound to; not for logs.</param>
/// <param name="KeyId">Id of the virtual key, also for a token minted with it; null = a key of the configuration.</param>
/// <param name="Model">Name as <c>models/x</c>.</param>
/// <param name="Usage">The counts of this message.</param>
public readonly record struct UsageRecord(string SessionId, string Owner, string? KeyId, string Model, UsageMetadata Usage);
