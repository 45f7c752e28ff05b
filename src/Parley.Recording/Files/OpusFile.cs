using System.Buffers.Binary;
using Concentus.Enums;
using Concentus.Structs;
using Parley.Recording.Timeline;

namespace Parley.Recording.Files;

/// <summary>Opus in Ogg (<see href="https://www.rfc-editor.org/rfc/rfc7845">RFC 7845</see>), about a page a second.</summary>
internal sealed class OpusFile : IAudioFile
{
    private const int PacketsPerPage = 50, MaxPacketBytes = 1_275, MaxPageBytes = 60_000;

    // Opus counts at 48 kHz, whatever the rate of the input.
    private const int Scale = 48_000 / StereoTimeline.RateHz;

    private readonly Stream _stream;
    private readonly uint _serial;
    private readonly OpusEncoder _encoder;
    private readonly byte[] _packet = new byte[MaxPacketBytes];
    private readonly List<byte> _segments = [], _data = [];
    private readonly int _preSkip;
    private uint _sequence;
    private int _packets;
    private long _samples, _written;

    internal OpusFile(Stream stream, uint serial, int bitrate)
    {
        (_stream, _serial) = (stream, serial);
#pragma warning disable CS0618 // The factory would look for a native library, for the whole process.
        _encoder = new OpusEncoder(StereoTimeline.RateHz, 2, OpusApplication.OPUS_APPLICATION_AUDIO)
        {
            Bitrate = bitrate, Complexity = 4, UseVBR = true, SignalType = OpusSignal.OPUS_SIGNAL_VOICE, ForceChannels = 2,
        };
#pragma warning restore CS0618
        _preSkip = _encoder.Lookahead * Scale;
        WriteHead();
    }

    public long Bytes { get; private set; }

    public void Write(ReadOnlySpan<short> frame)
    {
        _samples += StereoTimeline.FrameSamples * Scale;
        Encode(frame);
    }

    public void Flush()
    {
        WritePage(0);
        _stream.Flush();
    }

    public void Complete()
    {
        // The encoder is behind by the pre-skip; what is added to get the rest out is cut by the last position.
        while (_written < _samples + _preSkip)
            Encode(new short[2 * StereoTimeline.FrameSamples]);
        _written = _samples + _preSkip;
        WritePage(OggPage.LastPage);
        _stream.Flush();
    }

    public void Dispose() => _stream.Dispose();

    private void Encode(ReadOnlySpan<short> frame)
    {
        var length = _encoder.Encode(frame, StereoTimeline.FrameSamples, _packet, _packet.Length);
        OggPage.AddSegments(_segments, length);
        _data.AddRange(_packet.AsSpan(0, length));
        _written += StereoTimeline.FrameSamples * Scale;
        if (++_packets == PacketsPerPage || _segments.Count > OggPage.MaxSegments - 8 || _data.Count > MaxPageBytes)
            WritePage(0);
    }

    private void WriteHead()
    {
        var head = new byte[19];
        "OpusHead"u8.CopyTo(head);
        head[8] = 1;
        head[9] = 2;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(10), (ushort)_preSkip);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), StereoTimeline.RateHz);
        var tags = new byte[8 + 4 + 6 + 4];
        "OpusTags"u8.CopyTo(tags);
        tags[8] = 6;
        "Parley"u8.CopyTo(tags.AsSpan(12));
        foreach (var packet in new[] { head, tags })
        {
            OggPage.AddSegments(_segments, packet.Length);
            _data.AddRange(packet);
            WritePage(_sequence == 0 ? OggPage.FirstPage : (byte)0);
        }
        _stream.Flush();
    }

    private void WritePage(byte flags)
    {
        if (_segments.Count == 0 && flags == 0)
            return;
        OggPage.Write(_stream, _serial, _sequence++, _written, flags, [.. _segments], [.. _data]);
        Bytes += OggPage.HeaderBytes + _segments.Count + _data.Count;
        _segments.Clear();
        _data.Clear();
        _packets = 0;
    }
}
