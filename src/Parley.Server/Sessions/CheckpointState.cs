namespace Parley.Server;

/// <summary>
/// The state in a checkpoint. It is serialized when a store asks for it, so that a store in memory serializes nothing, and one that writes in the background
/// does so there. Immutable.
/// </summary>
public sealed class CheckpointState
{
    private readonly StoredCheckpoint? _stored;
    private readonly ILiveCheckpointCodec? _codec;

    /// <summary>Creates a state that was read from a store.</summary>
    /// <param name="kind">The stored <see cref="Kind"/>.</param>
    /// <param name="stored">What <see cref="Serialize"/> returned.</param>
    public CheckpointState(string kind, StoredCheckpoint stored)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(stored);
        (Kind, _stored) = (kind, stored);
    }

    /// <summary>Creates a state of a running session.</summary>
    /// <param name="value">The object that the model gave.</param>
    /// <param name="codec">What serializes it; null = it stays in this process.</param>
    internal CheckpointState(object value, ILiveCheckpointCodec? codec) => (Kind, Value, _codec) = (codec?.Kind ?? "", value, codec);

    /// <summary>The kind of the state: <see cref="ILiveCheckpointCodec.Kind"/>.</summary>
    public string Kind { get; }

    /// <summary>Whether it can be serialized.</summary>
    internal bool IsSerializable => Kind.Length > 0;

    /// <summary>The object that the model gave; null if the state was read from a store.</summary>
    internal object? Value { get; }

    /// <summary>Serializes the state. Safe to call at any time, on any thread.</summary>
    /// <exception cref="InvalidOperationException">It stays in this process; such states are not passed to a store.</exception>
    public StoredCheckpoint Serialize() =>
        _stored ?? _codec?.Store(Value!) ?? throw new InvalidOperationException("No ILiveCheckpointCodec takes this state. Register one for its type.");
}
