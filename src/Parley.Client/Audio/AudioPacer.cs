using System.Buffers;
using System.IO.Pipelines;

namespace Parley.Client.Audio;

/// <summary>Sends a recording in pieces, in real time by default. A late piece does not delay those after it.</summary>
internal sealed class AudioPacer(LiveSession session, int rateHz, AudioPacing pacing, TimeProvider timeProvider)
{
    private const int PieceMilliseconds = 40;

    private readonly long _start = timeProvider.GetTimestamp();
    private long _sentBytes;

    private int PieceBytes => Math.Max(2, rateHz * PieceMilliseconds / 1_000 * 2);

    internal async Task SendAsync(Stream pcm, CancellationToken cancellationToken)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            var whole = piece.AsMemory(0, PieceBytes);
            while (await pcm.ReadAtLeastAsync(whole, PieceBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var length)
            {
                if (_sentBytes == 0)
                    RefuseWavHeader(whole.Span[..length]);
                await SendPieceAsync(whole[..length], cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    internal async Task SendAsync(PipeReader pcm, CancellationToken cancellationToken)
    {
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (true)
            {
                var read = await pcm.ReadAtLeastAsync(PieceBytes, cancellationToken).ConfigureAwait(false);
                var buffer = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, PieceBytes));
                var length = (int)buffer.Length;
                buffer.CopyTo(piece);
                pcm.AdvanceTo(buffer.End);
                if (length > 0)
                    await SendPieceAsync(piece.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
                if (length == 0 && read.IsCompleted || read.IsCanceled)
                    return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    // Sent as audio, the header would be a click, and a wrong rate would go unnoticed.
    private static void RefuseWavHeader(ReadOnlySpan<byte> first)
    {
        if (first.StartsWith("RIFF"u8))
        {
            throw new ArgumentException(
                "The stream begins with a WAV header; raw PCM is expected. Use RecordedAudioInput.FromWavFile, or WavFile.Load and its sample rate.");
        }
    }

    private async ValueTask SendPieceAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (pacing == AudioPacing.RealTime)
        {
            var due = TimeSpan.FromSeconds(_sentBytes / 2.0 / rateHz) - timeProvider.GetElapsedTime(_start);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        await session.SendAudioAsync(piece, rateHz, cancellationToken).ConfigureAwait(false);
        _sentBytes += piece.Length;
    }
}
