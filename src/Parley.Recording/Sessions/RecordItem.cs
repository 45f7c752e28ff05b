using System.Buffers;

namespace Parley.Recording.Sessions;

/// <summary>What is in a <see cref="RecordItem"/>.</summary>
internal enum RecordItemKind
{
    /// <summary>PCM of the user.</summary>
    UserAudio,

    /// <summary>PCM of the model.</summary>
    ModelAudio,

    /// <summary>A message of the client.</summary>
    FromClient,

    /// <summary>A message of the server.</summary>
    ToClient,
}

/// <summary>A message of a recorded session.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">When it was received or sent, in samples since the record began.</param>
/// <param name="Buffer">A rented buffer.</param>
/// <param name="Length">Bytes in it.</param>
/// <param name="RateHz">Rate of PCM.</param>
internal readonly record struct RecordItem(RecordItemKind Kind, long Position, byte[] Buffer, int Length, int RateHz)
{
    internal ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    internal bool IsAudio => Kind is RecordItemKind.UserAudio or RecordItemKind.ModelAudio;

    internal void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}
