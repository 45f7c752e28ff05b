using System.Buffers.Binary;
using Parley.Recording.Timeline;

namespace Parley.Recording.Files;

/// <summary>WAV with 16 bits and two channels. The lengths in its header are right after each flush, or open if the stream cannot go back.</summary>
internal sealed class StereoWavFile : IAudioFile
{
    internal const int HeaderBytes = 44;

    private const int FrameBytes = 2 * Pcm.BytesPerSample;

    private readonly Stream _stream;
    private readonly byte[] _bytes = new byte[StereoTimeline.FrameSamples * FrameBytes];
    private long _data;

    internal StereoWavFile(Stream stream)
    {
        _stream = stream;
        _stream.Write(Header(uint.MaxValue));
        _stream.Flush();
    }

    public long Bytes => HeaderBytes + _data;

    public void Write(ReadOnlySpan<short> frame)
    {
        var length = Pcm.ToBytes(frame, _bytes);
        _stream.Write(_bytes.AsSpan(0, length));
        _data += length;
    }

    public void Flush()
    {
        if (_stream.CanSeek)
        {
            _stream.Position = 0;
            _stream.Write(Header(_data));
            _stream.Position = _stream.Length;
        }
        _stream.Flush();
    }

    public void Complete() => Flush();

    public void Dispose() => _stream.Dispose();

    /// <summary>The header of a file with so many bytes of data; beyond 4 GB the length is open.</summary>
    internal static byte[] Header(long data)
    {
        var header = new byte[HeaderBytes];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)Math.Min(data + HeaderBytes - 8, uint.MaxValue));
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), 2);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), StereoTimeline.RateHz);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), StereoTimeline.RateHz * FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), (uint)Math.Min(data, uint.MaxValue));
        return header;
    }
}
