namespace Parley.Client;

/// <summary>
/// A microphone or loudspeaker cannot be opened, or failed. The message has the output of the audio program and what to do.
/// </summary>
public sealed class AudioDeviceException(string message, Exception? innerException = null) : Exception(message, innerException);
