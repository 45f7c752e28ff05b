using System.Buffers;
using System.IO.Pipelines;

namespace Parley.Client.Audio;

/// <summary>Sends a recording in pieces, in real time by default. A late piece does not delay those after it.</summary>
internal sealed class AudioPacer(LiveSession session, int rateHz, AudioPacing pacing, TimeProvider timeProvider)
{
    private const int PieceMilliseconds = 40;

    private readonly long _start = timeProvider.GetTimestamp();
    private int _rateHz = rateHz;
    private long _sentBytes;

    private int PieceBytes => Math.Max(2, _rateHz * PieceMilliseconds / 1_000 * 2);

    internal async Task SendAsync(Stream pcm, CancellationToken cancellationToken)
    {
        // Sent as audio, a WAV header would be a click, and its rate would go unnoticed.
        var reader = await PcmSource.OpenAsync(pcm, _rateHz, cancellationToken).ConfigureAwait(false);
        _rateHz = reader.SampleRateHz;
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            var whole = piece.AsMemory(0, PieceBytes);
            while (await FillAsync(reader, whole, cancellationToken).ConfigureAwait(false) is > 0 and var length)
                await SendPieceAsync(whole[..length], cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    internal async Task SendAsync(PipeReader pcm, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(pcm.AsStream(leaveOpen: true), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The owner of the pipe called CancelPendingRead.
        }
    }

    private static async ValueTask<int> FillAsync(WavReader reader, Memory<byte> piece, CancellationToken cancellationToken)
    {
        var length = 0;
        while (length < piece.Length && await reader.ReadAsync(piece[length..], cancellationToken).ConfigureAwait(false) is > 0 and var read)
            length += read;
        return length;
    }

    private async ValueTask SendPieceAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (pacing == AudioPacing.RealTime)
        {
            var due = TimeSpan.FromSeconds(_sentBytes / 2.0 / _rateHz) - timeProvider.GetElapsedTime(_start);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, timeProvider, cancellationToken).ConfigureAwait(false);
        }
        await session.SendAudioAsync(piece, _rateHz, cancellationToken).ConfigureAwait(false);
        _sentBytes += piece.Length;
    }
}
