using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;

namespace Parley.Bench.Relay;

/// <summary>
/// Attacks by hostile clients during sessions of others. Each runs until it is cancelled, and reconnects when it is disconnected.
/// </summary>
internal static class Attacks
{
    private static readonly HttpMessageInvoker Invoker = new(new SocketsHttpHandler());

    private static long _made;

    internal static long Made => _made;

    internal static IReadOnlyDictionary<string, Func<Uri, CancellationToken, Task>> All { get; } = new Dictionary<string, Func<Uri, CancellationToken, Task>>
    {
        ["opens"] = (address, token) => RepeatAsync(4, async () =>
        {
            using var socket = await OpenAsync(address, token);
            socket.Abort();
        }, token),
        ["withheld setup"] = (address, token) => RepeatAsync(64, async () =>
        {
            using var socket = await OpenAsync(address, token);
            await socket.ReceiveAsync(new byte[256].AsMemory(), token);
        }, token),
        ["oversize"] = (address, token) => RepeatAsync(2, async () =>
        {
            using var socket = await OpenAsync(address, token);
            await socket.SendAsync(new byte[8 << 20].AsMemory(), WebSocketMessageType.Binary, true, token);
            await socket.ReceiveAsync(new byte[256].AsMemory(), token);
        }, token),
        ["never reads"] = (address, token) => RepeatAsync(8, async () =>
        {
            using var socket = await OpenAsync(address, token);
            await socket.SendAsync(Frames.Setup.AsMemory(), WebSocketMessageType.Text, true, token);
            while (true)
                await socket.SendAsync(Frames.Spoken.AsMemory(), WebSocketMessageType.Text, true, token);
        }, token),
    };

    /// <summary>Runs an attack in a process with idle scheduling priority, because real attackers use machines of their own.</summary>
    /// <returns>The number of attacks.</returns>
    internal static async Task<long> RunAsync(Uri address, string attack, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("chrt") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--idle", "0", Environment.ProcessPath!, "attack", address.ToString(), attack])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.StandardInput.Close();
        return long.Parse(await process.StandardOutput.ReadToEndAsync(CancellationToken.None), CultureInfo.InvariantCulture);
    }

    private static Task RepeatAsync(int attackers, Func<Task> attack, CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, attackers).Select(async _ =>
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                Interlocked.Increment(ref _made);
                await attack();
            }
            catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // Disconnected, as expected; try again.
            }
        }
    }));

    private static async Task<ClientWebSocket> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, Invoker, cancellationToken);
        return socket;
    }
}
