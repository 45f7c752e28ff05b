using System.Buffers.Binary;

namespace Parley.Audio;

/// <summary>
/// Reads mono PCM16 from a stream that holds a WAV file or raw PCM16, and tells which by the first bytes. Takes what <see cref="WavFile"/> takes
/// but never holds the file: a pipe without an end is fine. Not thread-safe.
/// </summary>
/// <param name="stream">The stream; not closed.</param>
/// <param name="rawRateHz">The rate of raw PCM16; null = only a WAV file is accepted.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="rawRateHz"/> is not positive.</exception>
public sealed class WavReader(Stream stream, int? rawRateHz = null)
{
    private const int BufferBytes = 4_096;

    private readonly Stream _stream = stream ?? throw new ArgumentNullException(nameof(stream));
    private readonly int? _rawRateHz = rawRateHz is not <= 0 ? rawRateHz : throw new ArgumentOutOfRangeException(nameof(rawRateHz), rawRateHz, "Sample rate must be positive.");
    private readonly byte[] _buffer = new byte[BufferBytes];
    private WavDecoder? _decoder;
    private int _frameBytes;

    // The header of the file, as far as it is read. A cancelled wait for the first bytes loses nothing.
    private readonly byte[] _riff = new byte[WavFormat.RiffBytes];
    private int _riffBytes;

    // Bytes that were read in search of a header and belong to the audio.
    private ReadOnlyMemory<byte> _start;

    // Of the data chunk; null = to the end of the stream.
    private long? _left;

    /// <summary>Samples per second; 0 before <see cref="ReadHeaderAsync"/>.</summary>
    public int SampleRateHz { get; private set; }

    /// <summary>Whether the stream has a WAV header; false before <see cref="ReadHeaderAsync"/>.</summary>
    public bool IsWav => _decoder is not null;

    /// <summary>Reads up to the first sample. Does nothing if that was done. If cancelled in the middle of a WAV header, it cannot be continued.</summary>
    /// <exception cref="FormatException">The WAV file is broken or of another encoding, or there is none and raw PCM16 is not accepted.</exception>
    public async ValueTask ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        if (SampleRateHz != 0)
            return;
        const int magicBytes = 4;
        await FillRiffAsync(magicBytes, cancellationToken).ConfigureAwait(false);
        if (_rawRateHz is { } rate && (_riffBytes < magicBytes || !WavFormat.IsWav(_riff)))
        {
            SampleRateHz = rate;
            _start = _riff.AsMemory(0, _riffBytes);
            return;
        }
        await FillRiffAsync(WavFormat.RiffBytes, cancellationToken).ConfigureAwait(false);
        WavFormat.CheckRiff(_riff.AsSpan(0, _riffBytes));
        await ReadChunksAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads audio as it arrives.</summary>
    /// <param name="pcm">Receives PCM16 little-endian mono; at least two bytes. From a WAV file, whole samples.</param>
    /// <param name="cancellationToken">Cancels the wait for the stream.</param>
    /// <returns>The number of bytes; 0 = the end.</returns>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than a sample.</exception>
    /// <exception cref="FormatException">See <see cref="ReadHeaderAsync"/>.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> pcm, CancellationToken cancellationToken = default)
    {
        if (pcm.Length < Pcm.BytesPerSample)
            throw new ArgumentException($"Buffer of {pcm.Length} bytes is too short; {Pcm.BytesPerSample} are needed.", nameof(pcm));
        await ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (_decoder is null)
            return await ReadDataAsync(pcm, cancellationToken).ConfigureAwait(false);
        return await DecodeAsync(_decoder, pcm, cancellationToken).ConfigureAwait(false);
    }

    // The bytes of the search and what follows them come in one piece: a caller in real time waits after each.
    private async ValueTask<int> ReadDataAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var kept = Math.Min(_start.Length, buffer.Length);
        var read = kept == buffer.Length ? 0 : await _stream.ReadAsync(buffer[kept..], cancellationToken).ConfigureAwait(false);
        _start[..kept].CopyTo(buffer);
        _start = _start[kept..];
        return kept + read;
    }

    private async ValueTask<int> DecodeAsync(WavDecoder decoder, Memory<byte> pcm, CancellationToken cancellationToken)
    {
        var room = (long)(pcm.Length / Pcm.BytesPerSample) * _frameBytes;
        while (true)
        {
            var take = Math.Min(Math.Min(room - decoder.FrameBytesDone, BufferBytes), _left ?? long.MaxValue);
            var length = take == 0 ? 0 : await ReadDataAsync(_buffer.AsMemory(0, (int)take), cancellationToken).ConfigureAwait(false);
            if (length == 0)
                return 0;
            _left -= length;
            if (Decode(decoder, _buffer.AsSpan(0, length), pcm.Span) is > 0 and var bytes)
                return bytes;
        }
    }

    private static int Decode(WavDecoder decoder, ReadOnlySpan<byte> data, Span<byte> pcm)
    {
        Span<short> samples = stackalloc short[BufferBytes];
        return Pcm.ToBytes(samples[..decoder.Decode(data, samples)], pcm);
    }

    private async ValueTask ReadChunksAsync(CancellationToken cancellationToken)
    {
        WavFormat? format = null;
        ulong? length64 = null;
        long position = WavFormat.RiffBytes;
        var header = new byte[WavFormat.ChunkHeaderBytes];
        while (await FillAsync(header, cancellationToken).ConfigureAwait(false) == header.Length)
        {
            position += header.Length;
            var promised = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4));
            if (header.AsSpan(0, 4).SequenceEqual("data"u8))
            {
                var wav = format ?? throw new FormatException("The WAV file has its data chunk before its fmt chunk.");
                if (promised == 0)
                    _start = header.AsMemory(0, await FillAsync(header, cancellationToken).ConfigureAwait(false));
                _left = WavFormat.DataLength(_riff, promised, length64, position, _start.Span);
                _frameBytes = wav.FrameBytes;
                _decoder = new WavDecoder(wav);
                SampleRateHz = wav.SampleRateHz;
                return;
            }
            var used = _buffer.AsMemory(0, (int)Math.Min(promised, WavFormat.UsedBytes));
            used = used[..await FillAsync(used, cancellationToken).ConfigureAwait(false)];
            if (header.AsSpan(0, 4).SequenceEqual("fmt "u8))
                format = WavFormat.Read(used.Span);
            else if (header.AsSpan(0, 4).SequenceEqual("ds64"u8) && WavFormat.Is64(_riff))
                length64 = WavFormat.Read64(used.Span);
            // Chunks are padded to an even length.
            var padded = promised + (promised & 1L);
            position += padded;
            await SkipAsync(padded - used.Length, cancellationToken).ConfigureAwait(false);
        }
        throw new FormatException("The WAV file has no data chunk.");
    }

    private async ValueTask FillRiffAsync(int bytes, CancellationToken cancellationToken)
    {
        while (_riffBytes < bytes && await _stream.ReadAsync(_riff.AsMemory(_riffBytes, bytes - _riffBytes), cancellationToken).ConfigureAwait(false) is > 0 and var length)
            _riffBytes += length;
    }

    private ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);

    private async ValueTask SkipAsync(long bytes, CancellationToken cancellationToken)
    {
        while (bytes > 0 && await _stream.ReadAsync(_buffer.AsMemory(0, (int)Math.Min(bytes, BufferBytes)), cancellationToken).ConfigureAwait(false) is > 0 and var length)
            bytes -= length;
    }
}
