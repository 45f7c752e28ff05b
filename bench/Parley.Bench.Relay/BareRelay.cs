using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Parley.Bench.Relay;

/// <summary>The lower bound for any relay: copies bytes between sockets without parsing them.</summary>
internal static class BareRelay
{
    internal static async Task RunAsync(int upstreamPort, CancellationToken cancellationToken)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{((IPEndPoint)listener.LocalEndPoint!).Port}"));
        _ = AcceptAsync(listener, upstreamPort);
        await Console.In.ReadToEndAsync(cancellationToken);
    }

    private static async Task AcceptAsync(Socket listener, int upstreamPort)
    {
        while (true)
        {
            var client = await listener.AcceptAsync();
            client.NoDelay = true;
            _ = ServeAsync(client, upstreamPort);
        }
    }

    private static async Task ServeAsync(Socket client, int upstreamPort)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await upstream.ConnectAsync(IPAddress.Loopback, upstreamPort);
        await Task.WhenAll(PumpAsync(client, upstream), PumpAsync(upstream, client));
        client.Dispose();
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None) is > 0 and var count)
                await to.SendAsync(buffer.AsMemory(0, count), SocketFlags.None);
        }
        catch (SocketException)
        {
        }
        to.Shutdown(SocketShutdown.Send);
    }
}
