namespace Parley.Server.Storage;

/// <summary>A read or write of the data folder failed: the queue of writes is full, or the disk or the database failed. Its cause was logged. The client is asked to retry (1011 or 503).</summary>
internal sealed class StorageException(string message, Exception? inner = null) : IOException(message, inner);
