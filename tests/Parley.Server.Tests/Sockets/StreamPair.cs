using System.IO.Pipelines;

namespace Parley.Server.Tests.Sockets;

/// <summary>Two ends of an in-memory connection. With a seed, reads are fragmented as on a network.</summary>
internal sealed class StreamPair
{
    internal StreamPair(int? seed = null)
    {
        var (there, back) = (new Pipe(), new Pipe());
        Client = new End(back.Reader, there.Writer, seed);
        Server = new End(there.Reader, back.Writer, seed + 1);
    }

    internal Stream Client { get; }

    internal Stream Server { get; }

    private sealed class End(PipeReader input, PipeWriter output, int? seed) : Stream
    {
        private readonly Random? _random = seed is { } given ? new Random(given) : null;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (read.IsCanceled)
                throw new IOException("The connection was cut.");
            var most = _random is null ? buffer.Length : Math.Min(buffer.Length, _random.Next(1, 2_000));
            var taken = read.Buffer.Slice(0, Math.Min(most, read.Buffer.Length));
            var at = 0;
            foreach (var piece in taken)
            {
                piece.CopyTo(buffer[at..]);
                at += piece.Length;
            }
            input.AdvanceTo(taken.End);
            return at;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await output.WriteAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            output.Complete();
            input.CancelPendingRead();
            base.Dispose(disposing);
        }
    }
}
