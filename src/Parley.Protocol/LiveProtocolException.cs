namespace Parley.Protocol;

/// <summary>A message that breaks the protocol. Its text is the close reason the service gives (code 1007).</summary>
public sealed class LiveProtocolException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">The close reason, in the words of the service.</param>
    /// <param name="path">Where in the message, in snake_case, such as <c>setup.generation_config</c>; empty at the top.</param>
    /// <param name="innerException">What the JSON reader said, where it was the reader.</param>
    public LiveProtocolException(string reason, string path = "", Exception? innerException = null)
        : base(reason, innerException) => Path = path;

    /// <summary>Where in the message, in snake_case; empty at the top.</summary>
    public string Path { get; }
}
