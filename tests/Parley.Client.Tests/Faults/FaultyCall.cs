using Microsoft.Extensions.AI;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Client.Tests.Faults;

/// <summary>
/// A call to a server that fails once: a scenario brings the session into a state, where the fault occurs; later connections are served correctly. The question
/// of a cut turn is answered when it is resent.
/// </summary>
internal sealed class FaultyCall : IAsyncDisposable
{
    private const string Model = "gemini-3.1-flash-live-preview";
    private const int SpokenBytes = 640;
    private static readonly TimeSpan SetupTimeout = TimeSpan.FromSeconds(15), Stall = TimeSpan.FromMinutes(1);
    private static readonly WavFile Spoken = new(AudioFormat.OutputRateHz, new short[SpokenBytes / 2]);

    private readonly string _fault, _state;
    private readonly LiveTestServer _server;

    // Of the client only: the server's stands still, so that nothing else ends the connection.
    private readonly TestClock _clock = new();
    private readonly TaskCompletionSource _handle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _noticed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _messagesLost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _toolMayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<LiveUpdate> _updates = [];
    private LiveSession? _session;
    private int _toolRuns;
    private bool _isProbed;

    private FaultyCall(string fault, string state, LiveTestServer server)
    {
        (_fault, _state, _server) = (fault, state, server);
        Script();
        Break();
    }

    private bool HasTool => _state is "ToolOpen" or "ToolAnswered";

    private bool Asks => _state is not ("NoHandle" or "Listening" or "Speaking" or "Connecting" or "AwaitingSetup");

    private bool IsOpening => _state is "Connecting" or "AwaitingSetup" or "Reconnecting";

    internal static async Task<FaultyCall> StartAsync(string fault, string state) => new(fault, state, await LiveTestServer.StartAsync());

    /// <summary>Runs the call, and the clock of the client with it.</summary>
    /// <returns>The outcome in the notation of the matrix.</returns>
    internal async Task<string> RunAsync()
    {
        var running = CallAsync();
        if (_fault == "stall" && IsOpening)
        {
            await FaultAsync();
            await _clock.TimerAsync(SetupTimeout);
            _clock.Advance(SetupTimeout);
        }
        await _clock.AdvanceUntilAsync(
            running, static timer => timer.Delay != SetupTimeout && timer.Delay >= TimeSpan.FromSeconds(2) && timer.Delay <= TimeSpan.FromMinutes(2));
        return await running;
    }

    internal void CheckNothingElseWasLost()
    {
        Assert.True(_toolRuns <= 1, $"the function ran {_toolRuns} times");
        _server.Faults.Verify();
        if (_session is null || !_isProbed)
            return;
        var heard = _server.Journal.Entries.Where(static entry => entry is { Direction: LiveDirection.FromClient, Request: not null and { Setup: null } }).ToList();
        var last = heard.Max(static entry => entry.Connection);
        var answers = heard.SelectMany(static entry => (entry.Request!.ToolResponse?.FunctionResponses ?? []).Select(answer => (entry.Connection, answer.Id))).ToList();
        // A tool response goes to the connection that made the call, and no call has two.
        Assert.All(answers, static answer => Assert.Equal($"call-{answer.Connection}-1", answer.Id));
        Assert.Equal(answers.Count, answers.Distinct().Count());
        if (HasTool && !_updates.OfType<ReconnectedUpdate>().Any(static r => r.Lost.Messages > 0))
            Assert.Contains(answers, answer => answer.Connection == last);
        if (_updates.OfType<ReconnectedUpdate>().LastOrDefault() is not { Lost: { Messages: 0, Audio.Ticks: 0 } })
            return;
        // The open turn reached a later connection, and none of them twice.
        var asked = heard.Where(static entry => entry.Connection > 1 && entry.Request!.RealtimeInput?.Text == "question").Select(static entry => entry.Connection).ToList();
        Assert.Equal(Asks, asked.Count > 0);
        Assert.Equal(asked.Distinct(), asked);
        if (_state == "Speaking")
        {
            var sent = heard.Where(entry => entry.Connection == last).Select(static entry => entry.Request!.RealtimeInput!).ToList();
            Assert.NotNull(sent[0].ActivityStart);
            Assert.NotNull(sent[1].Audio);
            Assert.NotNull(sent[2].ActivityEnd);
        }
        // And earlier input is not resent.
        var heardAudio = _updates.OfType<AudioUpdate>().Sum(static audio => audio.Pcm.Length);
        Assert.True(heardAudio <= 2 * SpokenBytes, $"{heardAudio} bytes of an answer of {2 * SpokenBytes}");
    }

    /// <summary>What passed the server, what the client made of it, and the faults.</summary>
    public override string ToString() => $"{_server.Journal}\n{string.Join('\n', _updates)}\n{string.Join('\n', _server.Faults.Injected)}";

    public async ValueTask DisposeAsync()
    {
        _toolMayEnd.TrySetResult();
        _server.CutConnections();
        if (_session is not null)
            await _session.CloseAsync();
        await _server.DisposeAsync();
    }

    // The first turn ends in the state; the same question is answered when it is resent.
    private void Script()
    {
        var first = Asks ? _server.When(Heard.ExactText("question")).Once().Optional() : null;
        if (first is not null && (HasTool || _state is "Generating" or "Draining" or "GoingAway"))
            first.Plays(Spoken);
        if (_state == "Draining")
            first!.SendsRaw("""{"serverContent":{"generationComplete":true}}""");
        if (_state == "GoingAway")
            first!.GoesAway(TimeSpan.FromSeconds(300));
        if (HasTool)
            first!.Calls("look_up");
        first?.LeavesTurnOpen();
        var later = _server.When(Heard.ExactText("question")).Optional().Plays(Spoken);
        if (HasTool)
            later.Calls("look_up");
        later.Plays(Spoken);
        _server.When(Heard.Anything).Optional().SaysNothing();
    }

    private void Break()
    {
        if (_state == "NoHandle")
            _server.Faults.At(FaultPoint.Handle).EveryTime().Optional().Drops();
        if (_state == "Reconnecting")
            _server.Faults.At(FaultPoint.ClientText).Delivered().Cuts();
        var fault = _server.Faults.At(_state switch
        {
            "Connecting" => FaultPoint.Opened,
            "AwaitingSetup" or "Reconnecting" => FaultPoint.Setup,
            "NoHandle" => FaultPoint.SetupComplete,
            "Listening" => FaultPoint.Handle,
            "Speaking" => FaultPoint.ClientAudio,
            "AwaitingAnswer" => FaultPoint.ClientText,
            "Generating" => FaultPoint.FirstAudio,
            "ToolOpen" => FaultPoint.ToolCall,
            "ToolAnswered" => FaultPoint.ToolResponse,
            "Draining" => FaultPoint.GenerationComplete,
            _ => FaultPoint.GoAway,
        }).OnConnection(_state == "Reconnecting" ? 2 : 1).Delivered();
        _ = _fault switch
        {
            "cut" => fault.Cuts(),
            "stall" => fault.Freezes(Stall),
            "goAway" => fault.Sends("""{"goAway":{"timeLeft":"50s"}}"""),
            _ => fault.Closes(FaultMatrix.Closes[_fault].Code, FaultMatrix.Closes[_fault].Reason),
        };
    }

    private async Task<string> CallAsync()
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
        if (_state != "NoHandle")
            await Task.WhenAny(_handle.Task, _session.Completion);
        await ActAsync(_session);
        if (_state != "Reconnecting")
            await FaultAsync();
        // After goAway the server continues: the client leaves, at the latest time or at once.
        if (_fault == "goAway" && _state is not ("NoHandle" or "GoingAway"))
            await _back.Task;
        // Input sent before the client notices the loss may be lost with the old connection; this test is not about that.
        else if (_fault is not ("goAway" or "stall") || _state == "Reconnecting")
            await Task.WhenAny(_noticed.Task, _session.Completion);
        else if (_fault == "stall")
            _server.Clock.Advance(Stall);
        _toolMayEnd.TrySetResult();
        // The real server would let the probe interrupt an open call.
        if (HasTool)
            await Task.WhenAny(AnsweredAsync(), _messagesLost.Task, _session.Completion);
        _isProbed = await SurvivesAsync(_session);
        if (_isProbed)
            await _session.CloseAsync();
        await reading;
        if (!_isProbed)
            return $"E:{(await _session.Completion).Cause}";
        return _updates.OfType<ReconnectedUpdate>().LastOrDefault() is { } back ? "R" + Flags(back.Lost) : "S";
    }

    private Task<InjectedFault> FaultAsync() => _server.Faults.WaitAsync(
        injected => injected.Connection == (_state == "Reconnecting" ? 2 : 1) && !injected.Action.StartsWith("drop", StringComparison.Ordinal), $"the fault {_fault}");

    private LiveClient Client() => _server.CreateClient(options =>
    {
        options.TimeProvider = _clock;
        options.SetupTimeout = SetupTimeout;
        options.CloseTimeout = TimeSpan.FromHours(1);
        options.Resumption.FirstDelay = TimeSpan.FromSeconds(8);
        options.Resumption.JitterSeed = 1;
    });

    private LiveSetup Setup() => new()
    {
        Model = Model,
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
            if (update is ResumptionUpdate)
                _handle.TrySetResult();
            if (update is ReconnectingUpdate)
                _noticed.TrySetResult();
            if (update is ReconnectedUpdate)
                _back.TrySetResult();
            if (update is ReconnectedUpdate { Lost.Messages: > 0 })
                _messagesLost.TrySetResult();
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
        var probed = _server.Journal.WaitAsync(static entry => entry.Request?.RealtimeInput?.Text == "probe", "the probe arrives");
        return await Task.WhenAny(probed, session.Completion) == probed;
    }

    /// <summary>The function is answered on the connection that has the question.</summary>
    private Task<JournalEntry> AnsweredAsync() => _server.Journal.WaitAsync(
        entry => entry.Connection == (_fault == "stall" ? 1 : 2) && entry.Request?.ToolResponse is not null, "the function is answered");

    private static string Flags(ReconnectLoss lost) =>
        (lost.Answer ? "a" : "") + (lost.Audio > TimeSpan.Zero ? "s" : "") + (lost.Messages > 0 ? "m" : "") + (lost.ToolCalls.Count > 0 ? "t" : "");
}
