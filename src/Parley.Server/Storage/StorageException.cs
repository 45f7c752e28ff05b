namespace Parley.Server.Storage;

/// <summary>Something could not be written to the data folder: it does not keep up, or its disk fails. Whoever asked is told to come again.</summary>
internal sealed class StorageException(string message, Exception? inner = null) : Exception(message, inner);
