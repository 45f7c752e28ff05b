using System.Buffers.Binary;
using System.Text;

namespace Parley.Speech.Worker;

/// <summary>
/// Frames over a pair of pipes: a byte that says what it is, the length as little-endian 32-bit integer, the content. One thread reads;
/// any may write.
/// </summary>
internal sealed class FrameStream(Stream input, Stream output)
{
    // The largest frame is a tenth of a second of sound or a list of phrases; more is no frame of ours.
    private const int MaxBytes = 1 << 20;
    private const int HeaderBytes = 5;

    private readonly Lock _writing = new();
    private readonly byte[] _header = new byte[HeaderBytes];
    private byte[] _content = new byte[8 * 1024];
    private byte[] _outgoing = new byte[8 * 1024];

    /// <summary>Waits for the next frame.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="content">Its content, until the next call.</param>
    /// <returns>False where the other end is gone.</returns>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    public bool TryRead(out FrameKind kind, out ReadOnlySpan<byte> content)
    {
        kind = default;
        content = default;
        if (input.ReadAtLeast(_header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(1));
        if (length is < 0 or > MaxBytes)
            throw new InvalidDataException($"A frame of {length} bytes.");
        if (_content.Length < length)
            _content = new byte[length];
        if (input.ReadAtLeast(_content.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
            return false;
        kind = (FrameKind)_header[0];
        content = _content.AsSpan(0, length);
        return true;
    }

    /// <summary>Writes a frame; waits while the pipe is full.</summary>
    /// <exception cref="IOException">The other end is gone.</exception>
    public void Write(FrameKind kind, ReadOnlySpan<byte> content = default) => Write(kind, content, []);

    /// <summary>Writes a frame whose content is in two pieces.</summary>
    public void Write(FrameKind kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = first.Length + second.Length;
        if (length > MaxBytes)
            throw new InvalidDataException($"A frame of {length} bytes.");
        lock (_writing)
        {
            if (_outgoing.Length < HeaderBytes + length)
                _outgoing = new byte[HeaderBytes + length];
            _outgoing[0] = (byte)kind;
            BinaryPrimitives.WriteInt32LittleEndian(_outgoing.AsSpan(1), length);
            first.CopyTo(_outgoing.AsSpan(HeaderBytes));
            second.CopyTo(_outgoing.AsSpan(HeaderBytes + first.Length));
            output.Write(_outgoing, 0, HeaderBytes + length);
            output.Flush();
        }
    }

    /// <summary>Writes a frame of text.</summary>
    public void Write(FrameKind kind, string text) => Write(kind, Encoding.UTF8.GetBytes(text));
}
