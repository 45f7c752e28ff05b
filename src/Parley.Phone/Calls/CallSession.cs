using System.ComponentModel;
using System.Net.WebSockets;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Parley.Client;
using Parley.Phone.Audio;
using Parley.Phone.Carriers;
using Parley.Protocol.Internal;
using Parley.Server.Endpoints;
using Parley.Server.Sockets;

namespace Parley.Phone.Calls;

/// <summary>
/// One stream of a carrier, from its upgrade to its close, and the session of the model behind it (<c>docs/telephone.md</c>):
/// <code>
/// carrier ──&gt; StreamSocket ──&gt; CarrierReader ──&gt; InboundAudio ──&gt; LiveSession ──&gt; LoopbackHandler ──&gt; server
/// carrier &lt;── StreamSocket &lt;── CarrierWriter &lt;── OutboundAudio &lt;── LiveSession
/// </code>
/// One task reads the carrier, one the session, one plays. The first that ends the call wins; then all of them end.
/// </summary>
#pragma warning disable CA1001 // RunAsync disposes the fields, in an order of its own.
internal sealed partial class CallSession
#pragma warning restore CA1001
{
    /// <summary>Messages before <c>start</c>; carriers send one.</summary>
    private const int MaxEarlyMessages = 32;

    private readonly CallServices _services;
    private readonly PhoneCarrier _carrier;
    private readonly StreamOrigin _origin;
    private readonly string _id;
    private readonly StreamSocket _socket;
    private readonly StreamMessage _message = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<Ending> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MarkTrack _marks = new();
    private readonly ITimer _watchdog;
    private readonly long _started;
    private PhoneCall? _call;
    private CallEvents? _events;
    private LiveSession? _session;
    private LoopbackHandler? _handler;
    private CarrierWriter _writer = null!;
    private InboundAudio _inbound = null!;
    private OutboundAudio _outbound = null!;
    private DigitRow? _digits;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpMessageInvoker? _invoker;
    private long _lastMedia;

    /// <param name="services">What all calls share.</param>
    /// <param name="carrier">Whose stream it is.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="limiter">Its frame limits; null = none.</param>
    /// <param name="id">Id of the call on this server.</param>
    /// <param name="origin">What the upgrade request tells about who sent it.</param>
    internal CallSession(CallServices services, PhoneCarrier carrier, WebSocket socket, FrameLimiter? limiter, string id, StreamOrigin origin)
    {
        (_services, _carrier, _id, _origin) = (services, carrier, id, origin);
        _socket = new StreamSocket(services, socket, limiter, close => End(PhoneCallEndReason.Protocol, close.Code, close.Reason));
        _started = _lastMedia = services.Time.GetTimestamp();
        _watchdog = services.Time.CreateGuardedTimer(this, static call => call.Watch(), static (call, e) => call.TimerFailed(e), services.Options.StartTimeout);
    }

    private PhoneOptions Options => _services.Options;

    private TimeSpan Now => _services.Time.GetElapsedTime(_started);

    /// <summary>Runs the stream; completes when it has ended and its socket is disposed. Does not throw.</summary>
    internal async Task RunAsync()
    {
        Task updates = Task.CompletedTask, playing = Task.CompletedTask;
        try
        {
            if (await ReadStartAsync().ConfigureAwait(false) is { } start && await StartAsync(start).ConfigureAwait(false))
            {
                updates = ReadUpdatesAsync();
                playing = PlayAsync();
                await ReadAsync().ConfigureAwait(false);
            }
            // After a close is sent, the carrier's answer is awaited; until then it may still send.
            if (!_isClosed)
                await _socket.DiscardAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The edge of the task: logged once, and the call ends.
        catch (Exception e)
        {
            Fail(e);
        }
#pragma warning restore CA1031
        finally
        {
            End(PhoneCallEndReason.Caller, 1000, "");
            await FinishAsync(updates, playing).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the call after an exception of its reader or its sender.</summary>
    private void Fail(Exception exception)
    {
        if (exception is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            End(PhoneCallEndReason.Lost, 1006, "The connection to the carrier broke");
            return;
        }
        Log.Failed(_services.Logger, _id, exception);
        End(PhoneCallEndReason.Session, 1011, "Internal error");
    }

    /// <summary>Ends the call; only the first time counts. Never blocks.</summary>
    internal void End(PhoneCallEndReason reason, int code, string detail)
    {
        if (!_ending.TrySetResult(new Ending(reason, detail)))
            return;
        _ = Task.Run(() => CloseAsync(reason, code, detail));
        _ = _ended.CancelAsync();
    }

    private async Task CloseAsync(PhoneCallEndReason reason, int code, string detail)
    {
        // The caller has hung up in these cases; in the others some carriers would keep the line open.
        if (_call is { } call && reason is not PhoneCallEndReason.Caller)
            await _services.Api.TryHangUpAsync(_carrier, call.CarrierCallId, call.Id).ConfigureAwait(false);
        if (reason == PhoneCallEndReason.Lost)
            _socket.Abort();
        else
            await _socket.CloseAsync(code, detail).ConfigureAwait(false);
        _closed.TrySetResult();
    }

    private async Task FinishAsync(Task updates, Task playing)
    {
        var (reason, detail) = await _ending.Task.ConfigureAwait(false);
        await _watchdog.DisposeAsync().ConfigureAwait(false);
        _digits?.Dispose();
        var sessionEnd = _session is null ? _sessionEnd : await _session.CloseAsync().ConfigureAwait(false);
        await Task.WhenAll(updates, playing, _closed.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _invoker?.Dispose();
        if (_call is not { } call)
            return;
        _services.Registry.Remove(call);
        var end = new PhoneCallEnd(reason, detail, Now, sessionEnd);
        _services.Metrics.Ended(call.Carrier, call.IsOutbound, reason, end.Duration);
        _services.Metrics.FramesOf(_carrier, _frames, _inbound.Lost, _inbound.Late);
        if (_outbound.Dropped > TimeSpan.Zero)
            Log.Dropped(_services.Logger, call.Id, _outbound.Dropped);
        Log.Ended(_services.Logger, call.Id, reason, end.Duration, _inbound.Lost, _inbound.Late, sessionEnd?.ToString());
        call.End(end);
        await _events!.EndAsync(end).ConfigureAwait(false);
    }

    /// <summary>Checks the stream, and connects it to the model.</summary>
    /// <returns>Whether the call goes on.</returns>
    private async Task<bool> StartAsync(StreamStart start)
    {
        if (Check(start, out var format, out var facts) is { } refusal)
        {
            _services.Metrics.Refused(_carrier, refusal.Cause);
            Log.StreamRefused(_services.Logger, _carrier, refusal.Cause, _id);
            End(PhoneCallEndReason.Protocol, refusal.Code, refusal.Reason);
            return false;
        }
        _writer = new CarrierWriter(_carrier, start.StreamId, format);
        _inbound = new InboundAudio(format, Options.JitterBuffer);
        _outbound = new OutboundAudio(format, AudioArrived);
        _frame = new byte[format.FrameBytes];
        var call = _call = new PhoneCall(_id, _carrier, facts, _services.Time.GetUtcNow(), detail => End(PhoneCallEndReason.Application, 1000, detail));
        _events = new CallEvents(call, _services.Handlers, _services.Logger, _ended.Token);
        _digits = new DigitRow(_services.Time, Options.DigitPause, SendDigits, TimerFailed);
        _services.Registry.Add(call);
        _services.Metrics.Started(_carrier);
        Log.Started(_services.Logger, call.Id, _carrier, CallText.ForLog(facts.From, Options.LogNumbers), CallText.ForLog(facts.To, Options.LogNumbers), facts.IsOutbound);
        _watchdog.Change(Least(Options.IdleTimeout, Options.MaxDuration), Timeout.InfiniteTimeSpan);
        return await ConnectAsync(call).ConfigureAwait(false);
    }

    private (int Code, string Reason, string Cause)? Check(StreamStart start, out PhoneFormat format, out PhoneCallFacts facts)
    {
        (format, facts) = (default, null!);
        if (_origin.Token is { } token)
            start.Parameters.TryAdd(StreamParameters.Token, token);
        var lacksToken = !start.Parameters.ContainsKey(StreamParameters.Token);
        if (!(lacksToken && _origin.IsTrusted) && _services.Tokens.Redeem(_carrier, start) is { } problem)
            return (1008, $"The stream's token is {problem}", "token-" + problem);
        if (PhoneFormat.Parse(_carrier, start.Encoding, start.SampleRateHz, start.Channels) is not { } known)
            return (1003, "The media format is not supported; use mu-law or A-law at 8 kHz, or L16", "format");
        var (from, to) = (Take(start, StreamParameters.From, start.From), Take(start, StreamParameters.To, start.To));
        var isOutbound = Take(start, StreamParameters.Direction, "") == StreamParameters.Outbound;
        start.Parameters.Remove(StreamParameters.Token);
        (format, facts) = (known, new PhoneCallFacts(start.CallId, from, to, isOutbound, start.Parameters));
        return null;
    }

    private async Task<bool> ConnectAsync(PhoneCall call)
    {
        if (_services.Routes.Find(call.From, call.To, call.IsOutbound) is not { } route)
        {
            End(PhoneCallEndReason.Application, 1008, "No route for this number");
            return false;
        }
        var setup = _services.Routes.SetupOf(route, call, Options.HangUpTool ? LiveTool.From(HangUpFunction()) : null);
        foreach (var handler in _services.Handlers)
        {
            if (await handler.SetUpAsync(call, setup, _ended.Token).ConfigureAwait(false) is not { } changed)
            {
                End(PhoneCallEndReason.Application, 1000, "The application refused the call");
                return false;
            }
            setup = changed;
        }
        _handler = _services.Loopback.CreateHandler(CallRoutes.KeyOf(route), $"{_carrier} call {call.Id}");
        _invoker = new HttpMessageInvoker(_handler);
        var client = LiveClient.FromApiKey("in-process", new LiveClientOptions
        {
            BaseAddress = new Uri("http://localhost/"),
            Invoker = _invoker,
            KeepAliveInterval = TimeSpan.Zero,
            TimeProvider = _services.Time,
            LoggerFactory = _services.Loggers,
        });
        try
        {
            call.Session = _session = await client.ConnectAsync(setup, _ended.Token).ConfigureAwait(false);
            if (route.Opening is { Length: > 0 } opening)
                await _session.SendTextAsync(opening, _ended.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is LiveException or ArgumentException)
        {
            Log.NotStarted(_services.Logger, call.Id, e);
            End(PhoneCallEndReason.Session, 1011, "The model is not available");
            return false;
        }
    }

    private AIFunction HangUpFunction() => AIFunctionFactory.Create(
        [Description("Ends the telephone call. Say goodbye to the caller, then call this.")] () =>
        {
            AskToHangUp();
            return "The call ends when the goodbye has been played.";
        },
        "hang_up");

    private void Watch()
    {
        if (_call is null)
        {
            End(PhoneCallEndReason.Protocol, 1008, "No start message in time");
            return;
        }
        if (Now >= Options.MaxDuration)
        {
            End(PhoneCallEndReason.Limit, 1000, "The longest duration of a call is reached");
            return;
        }
        var silent = _services.Time.GetElapsedTime(Volatile.Read(ref _lastMedia));
        if (silent >= Options.IdleTimeout)
            End(PhoneCallEndReason.Limit, 1008, "No audio for too long");
        else
            _watchdog.Change(Least(Options.IdleTimeout - silent, Options.MaxDuration - Now), Timeout.InfiniteTimeSpan);
    }

    private void TimerFailed(Exception e)
    {
        Log.TimerFailed(_services.Logger, _id, e);
        End(PhoneCallEndReason.Session, 1011, "Internal error");
    }

    private static string Take(StreamStart start, string name, string otherwise) => start.Parameters.Remove(name, out var value) ? value : otherwise;

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Who opened a stream.</summary>
    /// <param name="IsTrusted">The upgrade is signed by the carrier, or comes from this machine: no token is needed.</param>
    /// <param name="Token">A token in the header of Telnyx; null = none.</param>
    internal sealed record StreamOrigin(bool IsTrusted, string? Token);

    private sealed record Ending(PhoneCallEndReason Reason, string Detail);

    private static partial class Log
    {
        [LoggerMessage(EventIds.CallStarted, LogLevel.Information, "Call {CallId} started: {Carrier}, from {From} to {To}, outbound: {Outbound}")]
        public static partial void Started(ILogger logger, string callId, PhoneCarrier carrier, string from, string to, bool outbound);

        [LoggerMessage(EventIds.CallEnded, LogLevel.Information, "Call {CallId} ended by {Reason} after {Duration}; {Lost} frames lost, {Late} late; session: {Session}")]
        public static partial void Ended(ILogger logger, string callId, PhoneCallEndReason reason, TimeSpan duration, long lost, long late, string? session);

        [LoggerMessage(EventIds.StreamRefused, LogLevel.Warning, "{Carrier} stream refused: {Cause} (call {CallId})")]
        public static partial void StreamRefused(ILogger logger, PhoneCarrier carrier, string cause, string callId);

        [LoggerMessage(EventIds.SessionNotStarted, LogLevel.Warning, "Session of call {CallId} did not start")]
        public static partial void NotStarted(ILogger logger, string callId, Exception exception);

        [LoggerMessage(EventIds.CallFailed, LogLevel.Error, "Call {CallId} failed")]
        public static partial void Failed(ILogger logger, string callId, Exception exception);

        [LoggerMessage(EventIds.AudioDropped, LogLevel.Warning, "Call {CallId}: dropped {Audio} of audio of the model, because more than ten minutes of it waited")]
        public static partial void Dropped(ILogger logger, string callId, TimeSpan audio);

        [LoggerMessage(EventIds.CarrierError, LogLevel.Warning, "Call {CallId}: the carrier reports {Error}")]
        public static partial void CarrierError(ILogger logger, string callId, string error);

        [LoggerMessage(EventIds.TimerFailed, LogLevel.Error, "Timer of call {CallId} failed")]
        public static partial void TimerFailed(ILogger logger, string callId, Exception exception);
    }
}
