namespace Parley.Protocol;

/// <summary>A message breaks the protocol. The text is the close reason of the service (code 1007).</summary>
public sealed class LiveProtocolException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">The close reason, in the words of the service.</param>
    /// <param name="path">Where in the message, in snake_case, such as <c>setup.generation_config</c>; empty at the top.</param>
    /// <param name="innerException">The error of the JSON reader, if there was one.</param>
    public LiveProtocolException(string reason, string path = "", Exception? innerException = null)
        : base(reason, innerException) => Path = path;

    /// <summary>Where in the message, in snake_case; empty at the top.</summary>
    public string Path { get; }
}
