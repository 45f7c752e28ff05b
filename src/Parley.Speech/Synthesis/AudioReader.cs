using System.Buffers.Binary;

namespace Parley.Speech.Synthesis;

/// <summary>
/// Reads streamed audio: a WAV file, possibly of unknown length, or raw PCM16 of one channel. Returns even chunks of 24 kHz, louder or
/// quieter by a factor.
/// </summary>
internal sealed class AudioReader(Stream stream, int bareRateHz, float gain = 1)
{
    private const int WavHeaderBytes = 12;
    private const int ChunkHeaderBytes = 8;
    private const int LongestSkippedChunk = 1 << 20;

    private readonly byte[] _buffer = new byte[8 * 1_024];
    private int _filled;
    private int _rate = bareRateHz;
    private int _channels = 1;

    /// <summary>Reads to the end.</summary>
    /// <param name="deadline">Ends the reading; restarted before each wait for bytes.</param>
    /// <param name="patience">The longest such wait.</param>
    /// <exception cref="InvalidDataException">It is a WAV file, but not of PCM16 with one or two channels.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="deadline"/> was cancelled, or passed.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(CancellationTokenSource deadline, TimeSpan patience)
    {
        await FillAsync(WavHeaderBytes, deadline, patience).ConfigureAwait(false);
        if (_buffer.AsSpan(0, _filled).StartsWith("RIFF"u8))
            await SkipHeaderAsync(deadline, patience).ConfigureAwait(false);

        var chunks = new EvenChunks(_rate, gain);
        do
        {
            Drain(chunks);
            while (chunks.TryTake(out var chunk))
                yield return chunk;
        }
        while (await FillAsync(_filled + 1, deadline, patience).ConfigureAwait(false));

        chunks.Finish();
        while (chunks.TryTake(out var last))
            yield return last;
    }

    /// <summary>Moves the buffer to the output; an incomplete sample stays.</summary>
    private void Drain(EvenChunks chunks)
    {
        var frameBytes = _channels * Pcm.BytesPerSample;
        var whole = _filled - (_filled % frameBytes);
        if (_channels == 2)
        {
            for (var i = 0; i < whole; i += frameBytes)
            {
                var left = BinaryPrimitives.ReadInt16LittleEndian(_buffer.AsSpan(i));
                var right = BinaryPrimitives.ReadInt16LittleEndian(_buffer.AsSpan(i + Pcm.BytesPerSample));
                BinaryPrimitives.WriteInt16LittleEndian(_buffer.AsSpan(i / 2), (short)((left + right) / 2));
            }
        }

        chunks.Add(_buffer.AsSpan(0, whole / _channels));
        Take(whole);
    }

    private async Task SkipHeaderAsync(CancellationTokenSource deadline, TimeSpan patience)
    {
        await NeedAsync(WavHeaderBytes, deadline, patience).ConfigureAwait(false);
        Take(WavHeaderBytes);
        while (true)
        {
            await NeedAsync(ChunkHeaderBytes, deadline, patience).ConfigureAwait(false);
            var isData = _buffer.AsSpan(0, 4).SequenceEqual("data"u8);
            var isFormat = _buffer.AsSpan(0, 4).SequenceEqual("fmt "u8);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(4));
            Take(ChunkHeaderBytes);
            if (isData)
                return; // The length of streamed audio is not reliable: read to the end of the stream.
            if (length > LongestSkippedChunk)
                throw new InvalidDataException("The audio is not a readable WAV file.");
            if (isFormat)
            {
                await NeedAsync(16, deadline, patience).ConfigureAwait(false);
                ReadFormat();
            }
            for (var left = (int)(length + (length % 2)); left > 0;)
            {
                await NeedAsync(1, deadline, patience).ConfigureAwait(false);
                var skipped = Math.Min(left, _filled);
                Take(skipped);
                left -= skipped;
            }
        }
    }

    private void ReadFormat()
    {
        const int pcm = 1;
        const int extensible = 0xFFFE;
        var format = BinaryPrimitives.ReadUInt16LittleEndian(_buffer);
        _channels = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(2));
        _rate = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(4));
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(14));
        if (format is not (pcm or extensible) || bits != 16 || _channels is not (1 or 2)
            || _rate is < Resampler.MinSampleRateHz or > Resampler.MaxSampleRateHz)
        {
            throw new InvalidDataException($"The audio is not 16-bit PCM of one or two channels (format {format}, {bits} bits, {_channels} channels, {_rate} Hz).");
        }
    }

    private void Take(int count)
    {
        _buffer.AsSpan(count, _filled - count).CopyTo(_buffer);
        _filled -= count;
    }

    private async Task NeedAsync(int count, CancellationTokenSource deadline, TimeSpan patience)
    {
        if (!await FillAsync(count, deadline, patience).ConfigureAwait(false))
            throw new InvalidDataException("The audio ends within its header.");
    }

    /// <returns>Whether that many bytes are available; if not, the stream has ended.</returns>
    private async Task<bool> FillAsync(int count, CancellationTokenSource deadline, TimeSpan patience)
    {
        while (_filled < count)
        {
            deadline.CancelAfter(patience);
            var read = await stream.ReadAsync(_buffer.AsMemory(_filled), deadline.Token).ConfigureAwait(false);
            if (read == 0)
                return false;
            _filled += read;
        }
        return true;
    }
}
