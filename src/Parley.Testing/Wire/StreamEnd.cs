using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace Parley.Testing.Wire;

/// <summary>A side on a socket of the kit's own.</summary>
internal sealed class StreamEnd(Socket socket, Stream stream) : WireEnd(
    PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true)), PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)))
{
    internal override async Task EndAsync(bool isReset)
    {
        try
        {
            if (isReset)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
                return;
            }
            if (stream is SslStream encrypted)
                await encrypted.ShutdownAsync().ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone already.
        }
    }
}
