namespace Parley.Testing.Phone;

/// <summary>A frame of the caller's audio on its way to the server.</summary>
/// <param name="Number">Counts the frames that are sent, from 1.</param>
/// <param name="At">When it began, since the begin of the call.</param>
/// <param name="Payload">Encoded audio.</param>
internal readonly record struct CallerFrame(long Number, TimeSpan At, byte[] Payload);
