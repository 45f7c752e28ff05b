using System.Net;
using System.Threading.Channels;

namespace Parley.Speech.Tests;

/// <summary>A fake server: answers by a function and records the requests.</summary>
internal sealed class FakeServer(Func<int, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<(HttpRequestMessage Request, string Body)> Asked { get; } = [];

    public HttpClient Client => new(this) { Timeout = Timeout.InfiniteTimeSpan };

    public static HttpResponseMessage Json(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json) };

    public static HttpResponseMessage Sound(Stream sound) => new(HttpStatusCode.OK) { Content = new StreamContent(sound) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add((request, System.Text.Encoding.Latin1.GetString(await request.Content!.ReadAsByteArrayAsync(cancellationToken))));
        return answer(Asked.Count);
    }
}

/// <summary>A stream that returns what is written to it, as it is written.</summary>
internal sealed class LiveStream : Stream
{
    private readonly Channel<byte[]> _written = Channel.CreateUnbounded<byte[]>();
    private byte[] _left = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Feed(byte[] bytes) => _written.Writer.TryWrite(bytes);

    public void End() => _written.Writer.TryComplete();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left.Length == 0)
        {
            if (!await _written.Reader.WaitToReadAsync(cancellationToken))
                return 0;
            _written.Reader.TryRead(out _left!);
        }
        var count = Math.Min(buffer.Length, _left.Length);
        _left.AsSpan(0, count).CopyTo(buffer.Span);
        _left = _left[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
