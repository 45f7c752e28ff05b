using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Parley.Bench.Phone;

/// <summary>Makes calls that send 50 frames a second, and reads the processor time of the server.</summary>
internal static class Measurement
{
    private static readonly byte[] Start = Encoding.UTF8.GetBytes("""{"event":"start","start":{"streamSid":"MZ1","callSid":"","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}""");

    internal static async Task RunAsync(int[] numbers, TimeSpan time, CancellationToken cancellationToken)
    {
        Console.WriteLine("| calls | CPU, ms per second of a call | calls per core | frames per call and second | resident, KB/call |");
        Console.WriteLine("|--:|--:|--:|--:|--:|");
        foreach (var calls in numbers)
        {
            using var server = Process.Start(new ProcessStartInfo("dotnet", [typeof(Measurement).Assembly.Location, "serve"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            var address = new Uri((await server.StandardOutput.ReadLineAsync(cancellationToken))!.Replace("http", "ws", StringComparison.Ordinal) + "/phone/twilio/stream");
            // The first call pays for what all share.
            await CallAsync(address, 1, server, TimeSpan.FromSeconds(3), cancellationToken);
            var empty = Resident(server);
            var (cpu, frames, resident) = await CallAsync(address, calls, server, time, cancellationToken);
            var perCall = cpu.TotalMilliseconds / time.TotalSeconds / calls;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {calls} | {perCall:0.00} | {1_000 / perCall:0} | {frames / time.TotalSeconds / calls:0.0} | {(resident - empty) / 1_024.0 / calls:0} |"));
            server.StandardInput.Close();
            await server.WaitForExitAsync(cancellationToken);
        }
    }

    private static async Task<(TimeSpan Cpu, long Frames, long Resident)> CallAsync(Uri address, int calls, Process server, TimeSpan time, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var frames = 0L;
        var running = new List<Task>();
        for (var i = 0; i < calls; i++)
        {
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(address, cancellationToken);
            await socket.SendAsync(Start, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            running.Add(SendAsync(socket, ended.Token));
            running.Add(ReceiveAsync(socket, () => Interlocked.Increment(ref frames), ended.Token));
        }
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellationToken);
        server.Refresh();
        var (before, framesBefore) = (server.TotalProcessorTime, Interlocked.Read(ref frames));
        await Task.Delay(time, TimeProvider.System, cancellationToken);
        server.Refresh();
        var result = (server.TotalProcessorTime - before, Interlocked.Read(ref frames) - framesBefore, Resident(server));
        await ended.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return result;
    }

    private static async Task SendAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var payload = Convert.ToBase64String(Enumerable.Repeat((byte)0xFF, 160).ToArray());
        var started = Stopwatch.GetTimestamp();
        for (var i = 1; ; i++)
        {
            var frame = Encoding.UTF8.GetBytes($$"""{"event":"media","sequenceNumber":"{{i + 1}}","media":{"track":"inbound","chunk":"{{i}}","timestamp":"{{i * 20}}","payload":"{{payload}}"},"streamSid":"MZ1"}""");
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            var due = TimeSpan.FromMilliseconds(20 * i) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, TimeProvider.System, cancellationToken);
        }
    }

    private static async Task ReceiveAsync(ClientWebSocket socket, Action received, CancellationToken cancellationToken)
    {
        var buffer = new byte[4_096];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer, cancellationToken);
            var text = Encoding.UTF8.GetString(buffer, 0, message.Count);
            if (text.StartsWith("""{"event":"media" """.TrimEnd(), StringComparison.Ordinal))
                received();
            else if (text.StartsWith("""{"event":"mark" """.TrimEnd(), StringComparison.Ordinal))
                await socket.SendAsync(buffer.AsMemory(0, message.Count), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
    }

    private static long Resident(Process server)
    {
        server.Refresh();
        return server.WorkingSet64;
    }
}
