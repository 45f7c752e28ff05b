using System.Net;
using System.Net.Sockets;

namespace Parley.EndToEnd.Harness;

/// <summary>Ports for programs that cannot choose one themselves.</summary>
internal static class Ports
{
    /// <summary>A port of loopback that is free now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
