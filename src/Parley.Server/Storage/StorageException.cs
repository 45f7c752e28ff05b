namespace Parley.Server;

/// <summary>
/// A store cannot be reached, or a read or write failed. The store has logged the cause. A request that needs the store is refused: the client gets 503, or
/// a close with 1011, and may retry.
/// </summary>
public sealed class StorageException : IOException
{
    /// <summary>Creates an exception without details.</summary>
    public StorageException()
        : this("The store cannot be reached.")
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">What failed; operators see it, clients do not.</param>
    public StorageException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with its cause.</summary>
    /// <param name="message">What failed; operators see it, clients do not.</param>
    /// <param name="innerException">The cause.</param>
    public StorageException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
