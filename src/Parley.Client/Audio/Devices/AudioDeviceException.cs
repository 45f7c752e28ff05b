namespace Parley.Client;

/// <summary>A microphone or loudspeaker cannot be opened, or is gone. The text says what the device said and what to do.</summary>
public sealed class AudioDeviceException(string message, Exception? innerException = null) : Exception(message, innerException);
