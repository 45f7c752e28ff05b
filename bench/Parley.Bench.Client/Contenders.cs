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

    /// <summary>SendAudioAsync, called from a thread of its own as by a sound card, in a session with a thread of its own.</summary>
    ThreadOut,

    /// <summary>The official JavaScript SDK.</summary>
    SdkOut,
}

/// <summary>Cost of a run per message: CPU time, allocation, context switches of all threads of its process; work items of the thread pool.</summary>
internal sealed record Cost(double Microseconds, double Bytes, double Switches, double WorkItems)
{
    internal static Cost Read(string line)
    {
        var numbers = line.Trim().Split(' ').Select(static number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new Cost(numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}

/// <summary>Runs one contender in this process: a warm-up at full speed, a short one at the measured speed, then the measured messages.</summary>
internal static class Contenders
{
    internal const int ChunkBytes = 16_000 / 50 * 2;

    // Tiered compilation is done after some ten thousand messages.
    private const int WarmUps = 3, WarmUpMessages = 30_000, PacedWarmUp = 200;

    internal static async Task RunAsync(Contender contender, Uri address, int messages, int pause, CancellationToken cancellationToken)
    {
        await using IContender one = contender switch
        {
            Contender.RawIn or Contender.RawOut => new RawSocket(),
            _ => new ParleySession(
                pooled: contender is Contender.PooledIn or Contender.ThreadPooledIn,
                useThread: contender is Contender.ThreadOwnedIn or Contender.ThreadPooledIn or Contender.ThreadOut),
        };
        await one.ConnectAsync(address, cancellationToken);
        Func<int, int, Task> run = contender is Contender.RawOut or Contender.ParleyOut or Contender.ThreadOut
            ? (count, milliseconds) => one.SendAsync(count, milliseconds, cancellationToken)
            : (count, milliseconds) => one.ReceiveAsync(count, milliseconds, cancellationToken);
        for (var i = 0; i < WarmUps; i++)
            await run(Math.Max(messages, Math.Min(messages * WarmUps, WarmUpMessages)), 0);
        await run(Math.Min(messages, PacedWarmUp), pause);
        GC.Collect();
        var (cpu, allocated, switches, items) =
            (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true), Switches(), ThreadPool.CompletedWorkItemCount);
        await run(messages, pause);
        var cost = new Cost(
            (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / messages, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)messages,
            (Switches() - switches) / (double)messages, (ThreadPool.CompletedWorkItemCount - items) / (double)messages);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cost.Microseconds:0.000} {cost.Bytes:0.0} {cost.Switches:0.00} {cost.WorkItems:0.00}"));
    }

    // Of the threads that live now; a few that end between two calls do not matter. Only threads that wait switch voluntarily, so spinning is not counted.
    private static long Switches() => Directory.EnumerateDirectories("/proc/self/task")
        .SelectMany(static task => File.ReadLines(Path.Combine(task, "status")))
        .Where(static line => line.StartsWith("voluntary_ctxt_switches", StringComparison.Ordinal))
        .Sum(static line => long.Parse(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture));
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
        var client = LiveClient.FromApiKey("bench", new LiveClientOptions { BaseAddress = address, UseSessionThread = useThread });
        _session = await client.ConnectAsync(new LiveSetup { Model = "bench" }, cancellationToken);
    }

    public async Task ReceiveAsync(int count, int pauseMilliseconds, CancellationToken cancellationToken)
    {
        await _session.SendTextAsync(string.Create(CultureInfo.InvariantCulture, $"{count} {pauseMilliseconds}"), cancellationToken);
        await ReadTurnAsync(cancellationToken);
    }

    public async Task SendAsync(int count, int pauseMilliseconds, CancellationToken cancellationToken)
    {
        if (useThread)
        {
            await Task.Factory.StartNew(
                () => SendFromThread(count, pauseMilliseconds), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        using var pace = Pace.Every(pauseMilliseconds);
        for (var i = 0; i < count && !useThread; i++)
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

    private void SendFromThread(int count, int pauseMilliseconds)
    {
        using var never = new ManualResetEvent(false);
        for (var i = 0; i < count; i++)
        {
            if (pauseMilliseconds > 0)
                never.WaitOne(pauseMilliseconds);
            var sending = _session.SendAudioAsync(_chunk);
            if (!sending.IsCompletedSuccessfully)
                sending.AsTask().GetAwaiter().GetResult();
        }
    }

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
