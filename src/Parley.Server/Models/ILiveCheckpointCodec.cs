namespace Parley.Server;

/// <summary>
/// Serializes the states that a model passes to <see cref="ILiveModelOutput.Checkpoint"/>, so that its sessions survive a restart of the process. Register
/// one as a singleton for each kind of state; states without a codec can be resumed in the same process only.
/// </summary>
public interface ILiveCheckpointCodec
{
    /// <summary>Name and version of the format, such as <c>cascade-1</c>; stored with the state.</summary>
    string Kind { get; }

    /// <summary>Whether the codec can store a state. Called on the path of the session: check the type only.</summary>
    bool Takes(object state);

    /// <summary>Serializes a state. Called in the background, at any time: states are immutable.</summary>
    StoredCheckpoint Store(object state);

    /// <summary>Deserializes a state; the model gets it in <see cref="LiveModelStart.ResumeFrom"/>.</summary>
    /// <exception cref="FormatException">The bytes are not a valid state; the session then cannot be resumed.</exception>
    object Restore(StoredCheckpoint stored);
}

/// <summary>A serialized state.</summary>
/// <param name="Data">The state without its media.</param>
/// <param name="Media">
/// Pictures and audio, in an order that the codec defines. Equal ones are stored once. An item that exceeded the storage limit or was lost is restored as null.
/// </param>
public sealed record StoredCheckpoint(ReadOnlyMemory<byte> Data, IReadOnlyList<ReadOnlyMemory<byte>?> Media);
