namespace Parley.Client.Transport;

/// <summary>What a receive gave: a message in the transport's buffer, or the end of the connection.</summary>
/// <param name="Message">One whole message; lives until the next receive.</param>
/// <param name="End">How the connection ended, or null.</param>
internal readonly record struct ReceiveResult(ReadOnlyMemory<byte> Message, TransportEnd? End);

/// <summary>How one connection ended.</summary>
/// <param name="CloseCode">The close code; null where the socket broke.</param>
/// <param name="Reason">The text of the close.</param>
/// <param name="Cause">What it means.</param>
/// <param name="Error">What broke.</param>
internal sealed record TransportEnd(int? CloseCode, string Reason, CloseCause Cause, Exception? Error = null);
