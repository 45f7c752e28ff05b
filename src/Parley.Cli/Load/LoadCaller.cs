using System.Net.Sockets;

namespace Parley.Cli.Load;

/// <summary>One session of a load, from the connection to its end.</summary>
internal sealed class LoadCaller(LoadOptions options, LoadScript script, bool talks, LoadStatistics statistics, TimeProvider time) : IPaced
{
    private readonly CallerTurns _turns = new(script, talks, options, statistics, time);
    private LoadSocket? _socket;
    private volatile bool _isHangingUp;

    /// <summary>Runs the session until either side ends it. Never throws: failures are in the statistics.</summary>
    internal async Task RunAsync(HttpMessageInvoker invoker, PacingWheel wheel, CancellationToken cancellationToken)
    {
        statistics.Opening();
        var isSetUp = false;
        try
        {
            var started = time.GetTimestamp();
            using var setupCts = new CancellationTokenSource(options.SetupTimeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(setupCts.Token, cancellationToken);
            try
            {
                isSetUp = await SetUpAsync(invoker, linked.Token);
            }
            catch (OperationCanceledException) when (setupCts.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new LoadFailure("no setupComplete in time");
            }
            if (isSetUp)
            {
                statistics.Started(time.GetElapsedTime(started));
                wheel.Add(this);
                while (await _socket!.ReceiveAsync(cancellationToken) is { } message)
                {
                    statistics.CountReceived();
                    _turns.Received(message);
                }
            }
            End(_socket!.CloseCode, isSetUp);
        }
        catch (Exception e) when (_isHangingUp || cancellationToken.IsCancellationRequested)
        {
            // Ended here; a server that vanished at the same time makes no difference.
            _ = e;
            if (isSetUp)
                statistics.Closed(1006);
        }
        catch (Exception e) when (e is LoadFailure or IOException or HttpRequestException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            statistics.Failed(ReasonOf(e));
        }
        finally
        {
            wheel.Remove(this);
            if (isSetUp)
                statistics.Ended();
            _socket?.Dispose();
        }
    }

    /// <summary>Closes the session with 1000; <see cref="RunAsync"/> ends when the server has closed too.</summary>
    internal void HangUp()
    {
        _isHangingUp = true;
        _socket?.Send(LoadFrame.NormalClosure);
    }

    public void Tick()
    {
        if (_isHangingUp || _turns.Next() is not { } frame)
            return;
        statistics.CountSent();
        _socket!.Send(frame);
    }

    private async Task<bool> SetUpAsync(HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        _socket = await LoadSocket.ConnectAsync(options.Address, options.Key, invoker, cancellationToken);
        _socket.Send(script.Setup);
        while (await _socket.ReceiveAsync(cancellationToken) is { } message)
        {
            if (message.Kind == LoadMessageKind.SetupComplete)
                return true;
        }
        return false;
    }

    private void End(int? code, bool wasSetUp)
    {
        if (_isHangingUp || (wasSetUp && code is not null))
            statistics.Closed(code ?? 1006);
        else if (code is { } refused)
            statistics.Failed($"closed with {refused} before setupComplete");
        else
            statistics.Failed(_socket!.SendFailure ?? "connection lost");
    }

    private string ReasonOf(Exception e) => e switch
    {
        LoadFailure failure => failure.Message,
        HttpRequestException { InnerException: SocketException socket } => socket.SocketErrorCode.ToString(),
        HttpRequestException request => request.HttpRequestError.ToString(),
        _ => _socket?.SendFailure ?? "connection lost",
    };
}
