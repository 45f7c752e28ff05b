using System.Globalization;
using Parley.Client;

namespace Parley.Bench.Client;

internal enum Contender
{
    /// <summary>A ClientWebSocket, one buffer, the base64 decoded into another.</summary>
    RawIn,

    /// <summary>ReadAllAsync: every update owns its memory.</summary>
    OwnedIn,

    /// <summary>ReadAllAsync with a sink.</summary>
    PooledIn,

    /// <summary>ReadAllAsync in a session with a thread of its own.</summary>
    ThreadOwnedIn,

    /// <summary>ReadAllAsync with a sink, in a session with a thread of its own.</summary>
    ThreadPooledIn,

    /// <summary>The official JavaScript SDK, which returns base64.</summary>
    SdkIn,

    /// <summary>A ClientWebSocket and one buffer.</summary>
    RawOut,

    /// <summary>SendAudioAsync.</summary>
    ParleyOut,

    /// <summary>The official JavaScript SDK.</summary>
    SdkOut,
}

/// <summary>Cost of a run: CPU time of all threads of its process.</summary>
internal sealed record Cost(double Microseconds, double Bytes);

/// <summary>Runs one contender in this process: a warm-up of as many messages, then the measured ones.</summary>
internal static class Contenders
{
    internal const int ChunkBytes = 16_000 / 50 * 2;

    internal static async Task RunAsync(Contender contender, Uri address, int messages, int pause, CancellationToken cancellationToken)
    {
        await using IContender one = contender switch
        {
            Contender.RawIn or Contender.RawOut => new RawSocket(),
            _ => new ParleySession(contender is Contender.PooledIn or Contender.ThreadPooledIn, contender is Contender.ThreadOwnedIn or Contender.ThreadPooledIn),
        };
        await one.ConnectAsync(address, cancellationToken);
        Func<int, Task> run = contender is Contender.RawOut or Contender.ParleyOut
            ? count => one.SendAsync(count, pause, cancellationToken)
            : count => one.ReceiveAsync(count, pause, cancellationToken);
        await run(messages);
        GC.Collect();
        var (cpu, allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
        await run(messages);
        var cost = new Cost(
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / messages, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)messages);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cost.Microseconds:0.000} {cost.Bytes:0.0}"));
    }
}

internal interface IContender : IAsyncDisposable
{
    Task ConnectAsync(Uri address, CancellationToken cancellationToken);

    /// <summary>Requests this number of messages and reads them.</summary>
    Task ReceiveAsync(int count, int pauseMilliseconds, CancellationToken cancellationToken);

    /// <summary>Sends this number of chunks and waits until the server has read them.</summary>
    Task SendAsync(int count, int pauseMilliseconds, CancellationToken cancellationToken);
}

/// <summary>Our client.</summary>
internal sealed class ParleySession(bool pooled, bool useThread) : IContender, IAudioSink
{
    private readonly byte[] _played = new byte[CannedServer.PcmBytes];
    private readonly byte[] _chunk = new byte[Contenders.ChunkBytes];
    private LiveSession _session = null!;

    public async Task ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        _session = await LiveClient.FromApiKey("bench", new LiveClientOptions { BaseAddress = address, UseSessionThread = useThread }).ConnectAsync(new LiveSetup { Model = "bench" }, cancellationToken);
    }

    public async Task ReceiveAsync(int count, int pauseMilliseconds, CancellationToken cancellationToken)
    {
        await _session.SendTextAsync(string.Create(CultureInfo.InvariantCulture, $"{count} {pauseMilliseconds}"), cancellationToken);
        await ReadTurnAsync(cancellationToken);
    }

    public async Task SendAsync(int count, int pauseMilliseconds, CancellationToken cancellationToken)
    {
        using var pace = Pace.Every(pauseMilliseconds);
        for (var i = 0; i < count; i++)
        {
            if (pace is not null)
                await pace.WaitForNextTickAsync(cancellationToken);
            await _session.SendAudioAsync(_chunk, cancellationToken: cancellationToken);
        }
        await _session.SendAudioStreamEndAsync(cancellationToken);
        await ReadTurnAsync(cancellationToken);
    }

    public void Write(ReadOnlySpan<byte> pcm, int rateHz) => pcm.CopyTo(_played);

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private async Task ReadTurnAsync(CancellationToken cancellationToken)
    {
        await foreach (var update in pooled ? _session.ReadAllAsync(this, cancellationToken) : _session.ReadAllAsync(cancellationToken))
        {
            if (update is AudioUpdate audio)
                Write(audio.Pcm.Span, audio.RateHz);
            else if (update is TurnCompleteUpdate)
                return;
        }
    }
}

internal static class Pace
{
    internal static PeriodicTimer? Every(int milliseconds) => milliseconds > 0 ? new PeriodicTimer(TimeSpan.FromMilliseconds(milliseconds)) : null;
}
