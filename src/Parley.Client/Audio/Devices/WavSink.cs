namespace Parley.Client.Audio.Devices;

/// <summary>A WAV file with what was played: removed audio is cut off its end.</summary>
internal sealed class WavSink : Stream, IPcmSink
{
    private readonly Lock _lock = new();
    private readonly WavWriter _writer;

    internal WavSink(Stream file, int rateHz) => _writer = new WavWriter(file, rateHz);

    public Stream Target => this;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Cut(long bytes)
    {
        lock (_lock)
            _writer.TakeBack(bytes);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
            _writer.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
                _writer.Dispose();
        }
        base.Dispose(disposing);
    }
}
