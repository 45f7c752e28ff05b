using System.Buffers.Binary;
using Microsoft.AspNetCore.DataProtection;
using Parley.Recording.Sealing;
using Parley.Recording.Timeline;
using Parley.Recording.Transcripts;
using Parley.Server.Storage;

namespace Parley.Recording.Files;

/// <summary>Closes the record of a server that was killed: what was written stays, half a page or chunk at the end is removed.</summary>
internal static class RecordRepair
{
    // Of this many bytes, the last page is certainly one.
    private const int TailBytes = 256 << 10;

    internal static void Run(string folder, RecordFacts facts, IDataProtectionProvider protection)
    {
        var format = facts.Audio.Format == "wav" ? RecordingFormat.Wav : RecordingFormat.Opus;
        var isSealed = File.Exists(Path.Combine(folder, facts.Audio.File + RecordFiles.Sealed));
        var files = new RecordFiles(folder, facts.Id, format, isSealed ? protection : null);
        var seconds = facts.Seconds;
        if (File.Exists(files.AudioPath))
        {
            using var stream = PrivateFiles.Open(files.AudioPath, FileMode.Open, FileAccess.ReadWrite);
            if (isSealed)
                CloseSealed(stream, protection);
            else
                seconds = format == RecordingFormat.Wav ? CloseWav(stream) : CloseOpus(stream);
        }
        var closed = facts with { Complete = true, Outcome = "killed", Seconds = Math.Max(seconds, facts.Seconds) };
        files.WriteSubtitles(closed);
        files.WriteFacts(closed);
    }

    private static double CloseWav(FileStream stream)
    {
        const int FrameBytes = 2 * Pcm.BytesPerSample;
        var data = Math.Max(0, stream.Length - StereoWavFile.HeaderBytes) / FrameBytes * FrameBytes;
        stream.SetLength(StereoWavFile.HeaderBytes + data);
        stream.Position = 0;
        stream.Write(StereoWavFile.Header(data));
        return StereoTimeline.Seconds(data / FrameBytes);
    }

    private static double CloseOpus(FileStream stream)
    {
        var from = Math.Max(0, stream.Length - TailBytes);
        var tail = new byte[stream.Length - from];
        stream.Position = from;
        stream.ReadExactly(tail);
        var (last, lastLength) = (-1, 0);
        for (var at = tail.AsSpan().IndexOf("OggS"u8); at >= 0;)
        {
            var length = OggPage.LengthOf(tail.AsSpan(at));
            if (length > 0)
                (last, lastLength) = (at, length);
            var next = at + Math.Max(1, length);
            var found = next < tail.Length ? tail.AsSpan(next).IndexOf("OggS"u8) : -1;
            at = found < 0 ? -1 : next + found;
        }
        if (last < 0)
            return 0;
        var page = tail.AsSpan(last, lastLength);
        OggPage.MarkLast(page);
        stream.SetLength(from + last + lastLength);
        stream.Position = from + last;
        stream.Write(page);
        return Math.Max(0, OggPage.GranuleOf(page) / 48_000.0);
    }

    // The end is written with the key of the file, so that only what a crash cut off is missing.
    private static void CloseSealed(FileStream stream, IDataProtectionProvider protection)
    {
        long chunks = 0, end = 0;
        using (var reader = new SealedReader(new UnclosedStream(stream), protection))
        {
            var buffer = new byte[SealedFormat.MaxChunkBytes];
            end = stream.Position;
            try
            {
                while (reader.Read(buffer) > 0)
                    (chunks, end) = (reader.Chunks, stream.Position);
                return;
            }
            catch (InvalidDataException)
            {
                // The chunk that was being written.
            }
        }
        stream.Position = 0;
        using var cipher = SealedFormat.ReadHead(stream, protection);
        stream.SetLength(end);
        stream.Position = end;
        var length = new byte[SealedFormat.LengthBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(length, SealedFormat.LastChunk | SealedFormat.RepairChunk);
        var tag = new byte[SealedFormat.TagBytes];
        cipher.Encrypt(SealedFormat.Nonce(chunks, isRepair: true), ReadOnlySpan<byte>.Empty, [], tag, length);
        stream.Write(length);
        stream.Write(tag);
    }

    /// <summary>Leaves a stream open.</summary>
    private sealed class UnclosedStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
