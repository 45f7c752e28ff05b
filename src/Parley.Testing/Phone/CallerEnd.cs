namespace Parley.Testing;

/// <summary>How a call of a <see cref="VirtualCaller"/> ended.</summary>
/// <param name="At">Time since the call began.</param>
/// <param name="ByCaller">Whether the caller hung up, or was disposed.</param>
/// <param name="CloseCode">Close code of the server; null if the connection was lost or cut without a close.</param>
/// <param name="Reason">Reason of the server's close, or the fault of the connection; may be empty.</param>
public sealed record CallerEnd(TimeSpan At, bool ByCaller, int? CloseCode, string Reason);
