using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// Takes what sessions used, once for each <c>usageMetadata</c> of a server, local or relayed, and once more when a session leaves its
/// connection. Register any number as singletons. Called on the way of the message, from many threads at once: be quick. What it throws is
/// logged and otherwise ignored.
/// </summary>
public interface IUsageSink
{
    /// <summary>Takes one record.</summary>
    void Record(in UsageRecord record);
}

/// <summary>
/// One <c>usageMetadata</c> of one session (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#10-token-accounting">protocol 10</see>), or the end of its connection. Summed over a key, records give its tokens and
/// its time.
/// </summary>
/// <param name="SessionId">The session, the same after a resumption.</param>
/// <param name="Owner">Whom the session is bound to; not for logs.</param>
/// <param name="KeyId">The key for people, also for a token minted with it: the id of a virtual key, else <c>configured-5f3a91c0</c> or <c>development</c>.</param>
/// <param name="Model">Name as <c>models/x</c>.</param>
/// <param name="Usage">The counts of this message; empty in the last record of a connection.</param>
public readonly record struct UsageRecord(string SessionId, string Owner, string KeyId, string Model, UsageMetadata Usage)
{
    /// <summary>Whether an upstream answered; false = this machine.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>Time connected since the record before.</summary>
    public TimeSpan Connected { get; init; }

    /// <summary>The session left its connection: nothing more comes of this one.</summary>
    public bool IsLast { get; init; }
}
