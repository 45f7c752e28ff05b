namespace Parley.Server.Storage;

/// <summary>A write to the data folder failed: its queue is full, or the disk failed. The client is asked to retry (1011 or 503).</summary>
internal sealed class StorageException(string message, Exception? inner = null) : Exception(message, inner);
