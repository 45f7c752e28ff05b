using Parley.Client.Ending;

namespace Parley.Client.Transport;

/// <summary>Result of a receive: a message in the transport's buffer, or the end of the connection.</summary>
/// <param name="Message">One whole message; valid until the next receive.</param>
/// <param name="End">How the connection ended, or null.</param>
internal readonly record struct ReceiveResult(ReadOnlyMemory<byte> Message, TransportEnd? End);

/// <summary>How one connection ended.</summary>
/// <param name="CloseCode">The close code; null if the socket broke.</param>
/// <param name="Reason">Reason text of the close.</param>
/// <param name="Cause">The cause it stands for.</param>
/// <param name="Error">The exception, if the socket broke.</param>
internal sealed record TransportEnd(int? CloseCode, string Reason, CloseCause Cause, Exception? Error = null);
