namespace Parley.Client;

/// <summary>
/// Observes every message of every connection as it is on the wire, setups and tool responses included: for recording and diagnosis. The
/// bytes are valid until it returns. Called in order, one at a time in each direction; it must be fast and must not throw.
/// </summary>
public interface ILiveMessageObserver
{
    /// <summary>A message was sent.</summary>
    void Sent(ReadOnlySpan<byte> message);

    /// <summary>A message was received.</summary>
    void Received(ReadOnlySpan<byte> message);
}
