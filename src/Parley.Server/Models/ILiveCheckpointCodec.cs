namespace Parley.Server;

/// <summary>
/// Turns what a model gave to <see cref="ILiveModelOutput.Checkpoint"/> into bytes and back, so that its sessions outlive the process. Register
/// one as a singleton for each kind of state; states that no codec takes can be resumed in the same process only.
/// </summary>
public interface ILiveCheckpointCodec
{
    /// <summary>Name of this form of the state, such as <c>cascade-1</c>; stored with it.</summary>
    string Kind { get; }

    /// <summary>Whether it takes a state. Called on the way of the session: look at the type only.</summary>
    bool Takes(object state);

    /// <summary>The state as bytes. Called away from the session, at any time: a state is immutable.</summary>
    StoredCheckpoint Store(object state);

    /// <summary>The state of such bytes, as the model is to find it in <see cref="LiveModelStart.ResumeFrom"/>.</summary>
    /// <exception cref="FormatException">The bytes are no state; the session counts as gone.</exception>
    object Restore(StoredCheckpoint stored);
}

/// <summary>A state as bytes.</summary>
/// <param name="Data">All of it but the media.</param>
/// <param name="Media">
/// Pictures and sound, in an order the codec knows. Equal ones are stored once; where there is no room for one, or it is lost, it comes back as null.
/// </param>
public sealed record StoredCheckpoint(ReadOnlyMemory<byte> Data, IReadOnlyList<ReadOnlyMemory<byte>?> Media);
