namespace Parley.Client;

/// <summary>
/// Sees every message of every connection as it is on the wire, tool answers and setups too: for recordings and for looking at trouble. What it
/// is given lives until it returns. Called in order, one at a time for each direction; it must be quick and must not throw.
/// </summary>
public interface ILiveMessageObserver
{
    /// <summary>A message was sent.</summary>
    void Sent(ReadOnlySpan<byte> message);

    /// <summary>A message came.</summary>
    void Received(ReadOnlySpan<byte> message);
}
