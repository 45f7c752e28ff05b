using Parley.Protocol;

namespace Parley.Server;

/// <summary>
/// Receives the usage of sessions: one record for each <c>usageMetadata</c>, local or relayed, and one when a session leaves its connection. Register any
/// number as singletons. Called while the message is forwarded, from many threads at once: be quick. Exceptions are logged and otherwise ignored.
/// </summary>
public interface IUsageSink
{
    /// <summary>Receives one record.</summary>
    void Record(in UsageRecord record);
}

/// <summary>
/// One <c>usageMetadata</c> of one session (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#10-token-accounting">protocol 10</see>), or the end of its connection. The sum of a key's records is its tokens and its
/// connected time.
/// </summary>
/// <param name="SessionId">The session, the same after a resumption.</param>
/// <param name="Owner">Owner of the session; do not log it.</param>
/// <param name="KeyId">Display id of the key, also for a token minted with it: the id of a virtual key, otherwise <c>configured-5f3a91c0</c> or <c>development</c>; for a user see <see cref="LiveCaller.KeyId"/>.</param>
/// <param name="Model">Name as <c>models/x</c>.</param>
/// <param name="Usage">The counts of this message; empty in the last record of a connection.</param>
public readonly record struct UsageRecord(string SessionId, string Owner, string KeyId, string Model, UsageMetadata Usage)
{
    /// <summary>Whether an upstream answered; false = a local model.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>Connected time since the previous record.</summary>
    public TimeSpan Connected { get; init; }

    /// <summary>
    /// Cost of these tokens, and of the audio since the previous record if minutes have a price, in the currency of <see cref="LivePriceOptions"/>. Null if the
    /// model has no price. The sum of a session's records is its cost.
    /// </summary>
    public decimal? Cost { get; init; }

    /// <summary>Who opened the session, with the user, the principal and the metadata.</summary>
    public LiveCaller? Caller { get; init; }

    /// <summary>The session left its connection: the last record of this connection.</summary>
    public bool IsLast { get; init; }
}
