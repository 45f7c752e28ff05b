using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;
using Parley.Protocol;

namespace Parley.Client.Tests.Faults;

/// <summary>
/// A call to a server that fails once: it brings the session into a state, injects the fault, and serves every later connection correctly.
/// Later connections behave as the resumed state requires: the question of a cut turn is answered when it is resent.
/// </summary>
internal sealed class FaultyCall : IAsyncDisposable
{
    private const int SpokenBytes = 640;
    private static readonly TimeSpan SetupTimeout = TimeSpan.FromSeconds(15);

    private readonly string _fault, _state;
    private readonly JumpingClock _clock = new();
    private readonly ConcurrentQueue<(int Connection, JsonElement Message)> _heard = new();
    private readonly TaskCompletionSource _probed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _faultDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _noticed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _toolMayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<LiveUpdate> _updates = [];
    private ScriptedLiveServer _server = null!;
    private LiveSession? _session;
    private int _connections, _toolRuns;

    private FaultyCall(string fault, string state)
    {
        (_fault, _state) = (fault, state);
        _clock.Jumps = static due => due != SetupTimeout && due >= TimeSpan.FromSeconds(2) && due <= TimeSpan.FromMinutes(2);
    }

    private bool HasTool => _state is "ToolOpen" or "ToolAnswered";

    private bool Asks => _state is not ("NoHandle" or "Listening" or "Speaking" or "Connecting" or "AwaitingSetup");

    internal static async Task<FaultyCall> StartAsync(string fault, string state)
    {
        var call = new FaultyCall(fault, state);
        call._server = await ScriptedLiveServer.StartAsync(call.ServeAsync);
        call._server.Abandon();
        return call;
    }

    /// <summary>Runs the call.</summary>
    /// <returns>The outcome in the notation of the matrix.</returns>
    internal async Task<string> RunAsync()
    {
        try
        {
            _session = await Client().ConnectAsync(Setup());
        }
        catch (LiveConnectException e)
        {
            return $"X:{e.Cause}";
        }
        if (_state is "Connecting" or "AwaitingSetup")
            return "C";
        var reading = ReadAsync(_session);
        await ActAsync(_session);
        await _faultDone.Task;
        // After goAway the server continues: the client leaves, at the latest time or at once.
        if (_fault == "goAway" && _state is not ("NoHandle" or "GoingAway"))
            await _back.Task;
        // Input sent before the client notices the loss may be lost with the old connection; this test is not about that.
        else if (_fault is not ("goAway" or "stall"))
            await Task.WhenAny(_noticed.Task, _session.Completion);
        _toolMayEnd.TrySetResult();
        var survived = await SurvivesAsync(_session);
        if (survived)
            await _session.CloseAsync();
        await reading;
        if (!survived)
            return $"E:{(await _session.Completion).Cause}";
        return _updates.OfType<ReconnectedUpdate>().LastOrDefault() is { } back ? "R" + Flags(back.Lost) : "S";
    }

    internal void CheckNothingElseWasLost()
    {
        Assert.True(_toolRuns <= 1, $"the function ran {_toolRuns} times");
        if (_session is null || !_probed.Task.IsCompleted)
            return;
        var last = _heard.Max(static heard => heard.Connection);
        var answers = _heard.Where(static h => h.Message.TryGetProperty("toolResponse", out _))
            .SelectMany(h => h.Message.GetProperty("toolResponse").GetProperty("functionResponses").EnumerateArray()
                .Select(a => (h.Connection, Id: a.GetProperty("id").GetString()!))).ToList();
        // A tool response goes to the connection that made the call, and no call has two.
        Assert.All(answers, answer => Assert.Equal($"call-{answer.Connection}", answer.Id));
        Assert.Equal(answers.Count, answers.Distinct().Count());
        if (HasTool && !_updates.OfType<ReconnectedUpdate>().Any(static r => r.Lost.Messages > 0))
            Assert.Contains(answers, answer => answer.Connection == last);
        if (_updates.OfType<ReconnectedUpdate>().LastOrDefault() is not { Lost: { Messages: 0, Audio.Ticks: 0 } })
            return;
        // The open turn reached a later connection, and none of them twice.
        var sent = _heard.Where(heard => heard.Connection == last).Select(static heard => heard.Message.GetRawText()).ToList();
        var asked = _heard.Where(static heard => heard.Connection > 1 && heard.Message.GetRawText().Contains("\"question\"", StringComparison.Ordinal))
            .Select(static heard => heard.Connection).ToList();
        Assert.Equal(Asks, asked.Count > 0);
        Assert.Equal(asked.Distinct(), asked);
        if (_state == "Speaking")
        {
            Assert.Contains("activityStart", sent[0], StringComparison.Ordinal);
            Assert.Contains("audio/pcm", sent[1], StringComparison.Ordinal);
            Assert.Contains("activityEnd", sent[2], StringComparison.Ordinal);
        }
        // And earlier input is not resent.
        var heardAudio = _updates.OfType<AudioUpdate>().Sum(static audio => audio.Pcm.Length);
        Assert.True(heardAudio <= 2 * SpokenBytes, $"{heardAudio} bytes of an answer of {2 * SpokenBytes}");
    }

    public async ValueTask DisposeAsync()
    {
        _toolMayEnd.TrySetResult();
        if (_session is not null)
            await _session.CloseAsync();
        await _server.DisposeAsync();
    }

    private LiveClient Client() => _server.Client(options =>
    {
        options.TimeProvider = _clock;
        options.SetupTimeout = SetupTimeout;
        options.CloseTimeout = TimeSpan.FromHours(1);
        options.Resumption.FirstDelay = TimeSpan.FromSeconds(8);
        options.Resumption.JitterSeed = 1;
    });

    private LiveSetup Setup() => new()
    {
        Model = "gemini-test",
        ToolTimeout = Timeout.InfiniteTimeSpan,
        RealtimeInput = _state == "Speaking" ? new RealtimeInputConfig { AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = true } } : null,
        Tools = HasTool ? [AIFunctionFactory.Create(LookUpAsync, "look_up")] : null,
    };

    private async Task<string> LookUpAsync()
    {
        Interlocked.Increment(ref _toolRuns);
        if (_state == "ToolOpen")
            await _toolMayEnd.Task;
        return "found";
    }

    private async Task ReadAsync(LiveSession session)
    {
        await foreach (var update in session.ReadAllAsync())
        {
            lock (_updates)
                _updates.Add(update);
            if (update is ReconnectingUpdate)
                _noticed.TrySetResult();
            if (update is ReconnectedUpdate)
                _back.TrySetResult();
        }
    }

    private async Task ActAsync(LiveSession session)
    {
        if (_state == "Speaking")
        {
            await session.SendActivityStartAsync();
            await session.SendAudioAsync(new byte[SpokenBytes]);
        }
        else if (Asks)
        {
            await session.SendTextAsync("question");
        }
    }

    /// <summary>Sends a text, and returns whether the server received it.</summary>
    private async Task<bool> SurvivesAsync(LiveSession session)
    {
        try
        {
            if (_state == "Speaking")
                await session.SendActivityEndAsync();
            await session.SendTextAsync("probe");
        }
        catch (LiveSessionException)
        {
            return false;
        }
        return await Task.WhenAny(_probed.Task, session.Completion) == _probed.Task;
    }

    private static string Flags(ReconnectLoss lost) =>
        (lost.Answer ? "a" : "") + (lost.Audio > TimeSpan.Zero ? "s" : "") + (lost.Messages > 0 ? "m" : "") + (lost.ToolCalls.Count > 0 ? "t" : "");

    private async Task ServeAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _connections);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var peer = new ScriptedPeer(socket, context);
        try
        {
            if (_state == "Connecting" && number == 1 && await StrikeAsync(peer))
                return;
            await peer.ExpectSetupAsync();
            if (((_state == "AwaitingSetup" && number == 1) || (_state == "Reconnecting" && number == 2)) && await StrikeAsync(peer))
                return;
            await peer.SendAsync(ScriptedPeer.SetupComplete);
            if (number == 1)
                await FirstAsync(peer);
            else
                await LaterAsync(peer, number);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ExpectationException)
        {
            // The client, or the fault, has ended the connection.
        }
    }

    private async Task FirstAsync(ScriptedPeer peer)
    {
        if (_state != "NoHandle")
            await peer.SendAsync(Wire.Handle("handle"));
        if (_state == "Speaking")
        {
            await HearAsync(peer, 1);
            await HearAsync(peer, 1);
        }
        else if (Asks)
        {
            await HearAsync(peer, 1);
        }

        if (_state == "Reconnecting")
        {
            peer.Cut();
            _faultDone.TrySetResult();
            return;
        }
        if (_state is "Generating" or "Draining" or "GoingAway" || HasTool)
            await peer.SendAsync(Wire.Audio(new byte[SpokenBytes]));
        if (_state == "Draining")
            await peer.SendAsync("""{"serverContent":{"generationComplete":true}}""");
        if (_state == "GoingAway")
            await peer.SendAsync(Wire.GoAway(300));
        if (HasTool)
            await peer.SendAsync(Wire.Calls("""{"id":"call-1","name":"look_up"}"""));
        if (_state == "ToolAnswered")
            await HearAsync(peer, 1);
        if (!await StrikeAsync(peer))
            await LaterAsync(peer, 1);
    }

    /// <returns>Whether that was the end of the connection.</returns>
    private async Task<bool> StrikeAsync(ScriptedPeer peer)
    {
        try
        {
            switch (_fault)
            {
                case "cut":
                    peer.Cut();
                    return true;
                case "stall" when _state is "Connecting" or "AwaitingSetup" or "Reconnecting":
                    _clock.Advance(SetupTimeout);
                    await peer.Socket.ReceiveAsync(new byte[1 << 16], CancellationToken.None);
                    await peer.Socket.ReceiveAsync(new byte[1 << 16], CancellationToken.None);
                    return true;
                case "stall":
                    return false;
                case "goAway":
                    await peer.SendAsync(Wire.GoAway(50));
                    return false;
                default:
                    var (code, reason) = FaultMatrix.Closes[_fault];
                    await peer.CloseAsync(code, reason);
                    return true;
            }
        }
        finally
        {
            if (_state is not ("Connecting" or "AwaitingSetup" or "Reconnecting"))
                _faultDone.TrySetResult();
        }
    }

    // Answers the resent question, makes its call, and receives the probe.
    private async Task LaterAsync(ScriptedPeer peer, int number)
    {
        if (number > 1)
            await peer.SendAsync(Wire.Handle("handle-" + number.ToString(CultureInfo.InvariantCulture)));
        while (true)
        {
            var message = await HearAsync(peer, number);
            if (message.TryGetProperty("realtimeInput", out var input) && input.TryGetProperty("text", out var text))
            {
                if (text.GetString() == "probe")
                {
                    // The response of the function that is still running may come at any time.
                    while (HasTool && number == 1 && !_heard.Any(static heard => heard.Message.TryGetProperty("toolResponse", out _)))
                        await HearAsync(peer, number);
                    _probed.TrySetResult();
                }
                else
                {
                    await AnswerAsync(peer, number);
                }
            }
        }
    }

    private async Task AnswerAsync(ScriptedPeer peer, int number)
    {
        await peer.SendAsync(Wire.Audio(new byte[SpokenBytes]));
        if (HasTool)
        {
            await peer.SendAsync(Wire.Calls($$"""{"id":"call-{{number}}","name":"look_up"}"""));
            while (!(await HearAsync(peer, number)).TryGetProperty("toolResponse", out _))
            {
            }
            if (_heard.Any(heard => heard.Connection == number && heard.Message.GetRawText().Contains("probe", StringComparison.Ordinal)))
                _probed.TrySetResult();
        }
        await peer.SendAsync(Wire.Audio(new byte[SpokenBytes]));
        await peer.SendAsync(Wire.TurnComplete);
    }

    private async Task<JsonElement> HearAsync(ScriptedPeer peer, int number)
    {
        var message = await peer.ExpectAsync();
        _heard.Enqueue((number, message));
        return message;
    }
}
