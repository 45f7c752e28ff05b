using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Parley.TestKit;

namespace Parley.Server.Tests.Support;

/// <summary>
/// A client that stops reading after the setup: the server's writes block after some 64 KiB. Its host runs on a <see cref="TestClock"/>, with which the
/// server times the blocked write.
/// </summary>
internal sealed class StalledClient : IAsyncDisposable
{
    private const int ChunkBytes = 48_000;

    private readonly Stream _stream;
    private long _sequence;

    private StalledClient(Stream stream, EchoSession session) => (_stream, Session) = (stream, session);

    public EchoSession Session { get; }

    /// <summary>Chunks that were written before the client stalled, and the one whose write is blocked.</summary>
    public long Written { get; private set; }

    public static async Task<StalledClient> OpenAsync(InMemoryHost host, EchoModel model)
    {
        var next = model.NextSessionAsync();
        var stream = await host.OpenRawWebSocketAsync($"{LiveTestHost.Path}?key={LiveTestHost.Key}");
        await stream.WriteAsync(Frame(Encoding.UTF8.GetBytes(LiveTestHost.Setup)));
        var client = new StalledClient(stream, await next);
        await client.FillAsync((TestClock)host.Services.GetRequiredService<TimeProvider>());
        return client;
    }

    public LiveMedia Chunk(int generation) => new(generation, ++_sequence, new byte[ChunkBytes], null);

    /// <summary>Sends a text nevertheless.</summary>
    public ValueTask SayAsync(string text) => _stream.WriteAsync(RawClient.Frame(RawClient.Text, Encoding.UTF8.GetBytes($$$"""{"realtimeInput":{"text":"{{{text}}}"}}""")));

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes);

    /// <summary>Reads and discards from now on.</summary>
    public Task ReadAsync()
    {
        _ = DrainAsync();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    // Until the write of one chunk is blocked; one more is then queued.
    private async Task FillAsync(TestClock time)
    {
        using var filled = new CancellationTokenSource();
        var waiting = time.TimerAsync(LiveTestHost.Defaults.Connections.SendTimeout);
        while (!waiting.IsCompleted)
        {
            var chunk = Chunk(generation: 1);
            Session.Output.SendMedia(chunk);
            await Task.WhenAny(Session.Sent.FirstAsync(m => m.Sequence == chunk.Sequence, "a chunk is sent", filled.Token), waiting);
        }
        await waiting;
        await filled.CancelAsync();
        Written = _sequence;
        Session.Output.SendMedia(Chunk(generation: 1));
    }

    private async Task DrainAsync()
    {
        try
        {
            var buffer = new byte[16 << 10];
            while (await _stream.ReadAsync(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }

    // A masked text frame; the mask is zero, so the payload is unchanged.
    private static byte[] Frame(byte[] payload) => [0x81, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];
}
