using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Parley.Server;

namespace Parley.Testing.Cassettes;

/// <summary>
/// Plays and records the WebSockets of a server, on whatever path a client opens. Nothing of the messages is interpreted on the way: no setup is checked, no
/// credential is needed to play.
/// </summary>
internal sealed class CassetteHost
{
    private readonly CassetteOptions _options;
    private readonly CassettePlayer? _player;
    private readonly CassetteRecording? _recording;
    private readonly TimeProvider _time;
    private readonly ILiveWireObserver _wire;
    private int _connections;
    private bool _isVerified;

    internal CassetteHost(CassetteOptions options, TimeProvider time, ILiveWireObserver wire)
    {
        (_options, _time, _wire, Mode) = (options, time, wire, options.EffectiveMode());
        if (Mode != CassetteMode.Record)
            _player = new CassettePlayer(options.Loaded ?? Cassette.Load(options.Path!), options, playsAll: Mode == CassetteMode.Replay);
        if (Mode != CassetteMode.Replay)
            _recording = new CassetteRecording(time, _player?.Cassette);
    }

    internal CassetteMode Mode { get; }

    /// <summary>The recording so far, or the cassette that is played.</summary>
    internal Cassette Cassette => _recording?.Build() ?? _player!.Cassette;

    internal void Map(WebApplication app)
    {
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.Run(HandleAsync);
    }

    /// <exception cref="ExpectationException">The client did not do what the cassette contains.</exception>
    /// <exception cref="CassetteException">The recording contains a secret.</exception>
    internal void Verify()
    {
        _isVerified = false;
        _player?.Verify();
        _recording?.Build().ThrowIfSecret(Secrets);
        _isVerified = true;
    }

    /// <summary>Saves what was recorded, if the test has passed.</summary>
    /// <exception cref="CassetteException">It contains a secret, or cannot be written.</exception>
    internal void Save()
    {
        if (_recording is { HasNew: true } && (_isVerified || _options.SavesUnverified))
            _recording.Build().Save(_options.Path!, Secrets);
    }

    private IEnumerable<string> Secrets => _options.UpstreamKey is { } key ? _options.Secrets.Append(key) : _options.Secrets;

    private Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return AnswerAsync(context);
        var id = $"cassette-{Interlocked.Increment(ref _connections)}";
        return Mode == CassetteMode.Record
            ? new RecordedConnection(_recording!, _options, _wire, id).RunAsync(context)
            : PlayAsync(context, id);
    }

    private async Task PlayAsync(HttpContext context, string id)
    {
        var early = _player!.TakeEarly();
        if (early?.RefusedStatus is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        var messages = new CassetteSocket(socket, context, _wire, id);
        if (await new PlayedConnection(_player, messages, _time).RunAsync(early, takesUnknown: _recording is null).ConfigureAwait(false) is { } unknown)
            await new RecordedConnection(_recording!, _options, _wire, id).RunAsync(context, messages, unknown).ConfigureAwait(false);
    }

    // HTTP requests are not recorded. A token that is not checked can be any.
    private Task AnswerAsync(HttpContext context)
    {
        if (Mode == CassetteMode.Replay && HttpMethods.IsPost(context.Request.Method) && context.Request.Path.Value?.EndsWith("/auth_tokens", StringComparison.Ordinal) == true)
            return context.Response.WriteAsync("""{"name":"auth_tokens/replayed"}""", context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(
            """{"error":{"code":404,"message":"A cassette plays and records WebSockets only.","status":"NOT_FOUND"}}""", context.RequestAborted);
    }
}
