using System.Buffers.Binary;
using System.Text;

namespace Parley.Speech.Worker.Pipe;

/// <summary>
/// Messages over a pair of pipes: one byte for the kind, the length as little-endian 32-bit integer, the content. One thread reads;
/// any thread may write.
/// </summary>
internal sealed class WorkerPipe(Stream input, Stream output)
{
    // The largest message is half a minute of audio with a prompt; anything larger is corrupt.
    private const int MaxBytes = 1 << 20;
    private const int HeaderBytes = 5;

    private readonly Lock _writing = new();
    private readonly byte[] _header = new byte[HeaderBytes];
    private byte[] _content = new byte[8 * 1024];
    private byte[] _outgoing = new byte[8 * 1024];

    /// <summary>Waits for the next message.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="content">Its content, valid until the next call.</param>
    /// <returns>False if the other end has closed.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a message.</exception>
    public bool TryRead(out PipeMessage kind, out ReadOnlySpan<byte> content)
    {
        kind = default;
        content = default;
        if (input.ReadAtLeast(_header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(1));
        if (length is < 0 or > MaxBytes)
            throw new InvalidDataException($"Message length {length} is out of range; at most {MaxBytes} bytes are allowed.");
        if (_content.Length < length)
            _content = new byte[length];
        if (input.ReadAtLeast(_content.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
            return false;
        kind = (PipeMessage)_header[0];
        content = _content.AsSpan(0, length);
        return true;
    }

    /// <summary>Writes a message; blocks while the pipe is full.</summary>
    /// <exception cref="IOException">The other end has closed.</exception>
    public void Write(PipeMessage kind, ReadOnlySpan<byte> content = default) => Write(kind, content, []);

    /// <summary>Writes a message whose content is in two parts.</summary>
    public void Write(PipeMessage kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = first.Length + second.Length;
        if (length > MaxBytes)
            throw new InvalidDataException($"Message length {length} is out of range; at most {MaxBytes} bytes are allowed.");
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

    /// <summary>Writes a text message.</summary>
    public void Write(PipeMessage kind, string text) => Write(kind, Encoding.UTF8.GetBytes(text));
}
