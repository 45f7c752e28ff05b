using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Parley.Server.Sockets;

/// <summary>
/// Shares the file descriptors of the process, so that clients cannot use up those of the runtime and the database: .NET ends a process that cannot open
/// a file at the wrong moment. Unix gives a new descriptor the lowest free number, so the number itself tells how many are in use, for whatever purpose:
/// a client's socket may not be numbered above <see cref="ForClients"/>, one to an upstream not above <see cref="ForUpstreams"/>.
/// </summary>
internal sealed class DescriptorLimit
{
    /// <summary>By default a fifth of the limit is reserved, within these bounds.</summary>
    private const int ReservedShare = 5, LeastReserved = 32, MostReserved = 4_096;

    public DescriptorLimit(IOptions<LiveApiOptions> options)
        : this(ReadLimit(), options.Value.Connections.ReservedDescriptors)
    {
    }

    /// <param name="limit">Descriptors that the process may open; null = unknown or unlimited.</param>
    /// <param name="reserved">How many of them clients may not use; 0 = the default share.</param>
    internal DescriptorLimit(long? limit, int reserved = 0)
    {
        if (limit is not { } most)
            return;
        Limit = most;
        var kept = reserved > 0 ? reserved : Math.Clamp(most / ReservedShare, LeastReserved, MostReserved);
        ForClients = Math.Max(0, most - kept);
        ForUpstreams = Math.Max(0, most - (kept / 2));
    }

    /// <summary>Descriptors that the process may open (<c>RLIMIT_NOFILE</c>, which .NET raises to the hard limit); null = unknown or unlimited.</summary>
    internal long? Limit { get; }

    /// <summary>Descriptors from this number on are not for clients.</summary>
    internal long ForClients { get; } = long.MaxValue;

    /// <summary>Descriptors from this number on are not for upstreams.</summary>
    internal long ForUpstreams { get; } = long.MaxValue;

    /// <summary>Whether an exception means that this process, or the whole system, has no descriptor left.</summary>
    internal static bool IsExhausted(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable })
                return true;
        }
        return false;
    }

    /// <summary>The number of a socket's descriptor; -1 where numbers have no meaning.</summary>
    internal static long NumberOf(Socket? socket)
    {
        if (socket is null || OperatingSystem.IsWindows())
            return -1;
        try
        {
            return socket.SafeHandle.DangerousGetHandle();
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
    }

    /// <summary>Connects to an upstream as the framework does, if a descriptor may be used for it.</summary>
    /// <exception cref="SocketException">The upstream cannot be reached, or no descriptor is left.</exception>
    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        await ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="ConnectAsync(SocketsHttpConnectionContext, CancellationToken)"/>
    internal async ValueTask<Stream> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (NumberOf(socket) >= ForUpstreams)
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static long? ReadLimit()
    {
        if (OperatingSystem.IsLinux())
            return ReadLinuxLimit();
        // RLIMIT_NOFILE is 8 on macOS and the BSDs. Windows limits handles by memory only.
        return OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD()
            ? GetResourceLimit(8, out var limit) == 0 && limit.Current < int.MaxValue ? (long)limit.Current : null
            : null;
    }

    // "Max open files            1024                 524288               files": soft and hard limit.
    private static long? ReadLinuxLimit()
    {
        const string Name = "Max open files";
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal));
            var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

#pragma warning disable SYSLIB1054 // The generated code would need unsafe blocks in the whole project.
    [DllImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetResourceLimit(int resource, out ResourceLimit limit);
#pragma warning restore SYSLIB1054

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ResourceLimit
    {
        internal readonly ulong Current;
        internal readonly ulong Most;
    }
}
