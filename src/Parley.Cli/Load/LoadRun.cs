namespace Parley.Cli.Load;

/// <summary>Opens the sessions of a load over its ramp, keeps them for its duration and hangs up.</summary>
internal sealed class LoadRun(LoadOptions options, LoadScript script, HttpMessageInvoker invoker, TimeProvider time)
{
    // Of 20 ms, some 2 ms each: timers are no finer than a millisecond.
    private static readonly TimeSpan SlotLength = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan RampStep = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HangUpTimeout = TimeSpan.FromSeconds(10);

    private readonly List<LoadCaller> _callers = [];
    private readonly List<Task> _running = [];

    /// <summary>What has been measured so far.</summary>
    internal LoadStatistics Statistics { get; } = new();

    /// <summary>Runs the load to its end, or until it is cancelled.</summary>
    /// <param name="progress">Called every five seconds with the time since the start.</param>
    /// <param name="cancellationToken">Ends the load early; its sessions are closed.</param>
    internal async Task<LoadResult> RunAsync(Action<TimeSpan> progress, CancellationToken cancellationToken)
    {
        using var failed = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, failed.Token);
        using var abort = new CancellationTokenSource();
        Exception? wheelFailure = null;
        using var wheel = new PacingWheel(
            time, options.Frame, Math.Max(1, (int)(options.Frame / SlotLength)), Statistics.Lateness,
            exception =>
            {
                wheelFailure = exception;
                failed.Cancel();
            });
        var (started, cpu) = (time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        try
        {
            await HoldAsync(wheel, started, progress, stop.Token, abort.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ended early: report what there is.
        }
        var result = new LoadResult(time.GetElapsedTime(started), Environment.CpuUsage.TotalTime - cpu, Statistics.Active, Statistics.Sent, Statistics.Received);
        await HangUpAsync(abort);
        return wheelFailure is null ? result : throw new InvalidOperationException($"The load stopped: {wheelFailure.Message}", wheelFailure);
    }

    private async Task HoldAsync(PacingWheel wheel, long started, Action<TimeSpan> progress, CancellationToken stop, CancellationToken abort)
    {
        var shown = TimeSpan.Zero;
        using var steps = new PeriodicTimer(RampStep, time);
        while (time.GetElapsedTime(started) is var elapsed && elapsed < options.Ramp + options.Duration)
        {
            var due = elapsed >= options.Ramp ? options.Sessions : Math.Min(options.Sessions, 1 + (int)(options.Sessions * (elapsed / options.Ramp)));
            while (_callers.Count < due)
            {
                var talks = options.Profile == LoadProfile.Talk || (options.Profile == LoadProfile.Mixed && _callers.Count % 2 == 0);
                var caller = new LoadCaller(options, script, talks, Statistics, time);
                _callers.Add(caller);
                _running.Add(Task.Run(() => caller.RunAsync(invoker, wheel, abort), CancellationToken.None));
            }
            if (_callers.Count == options.Sessions && _running.TrueForAll(static session => session.IsCompleted))
                return;
            if (elapsed - shown >= ProgressInterval)
            {
                shown = elapsed;
                progress(elapsed);
            }
            await steps.WaitForNextTickAsync(stop);
        }
    }

    private async Task HangUpAsync(CancellationTokenSource abort)
    {
        foreach (var caller in _callers)
            caller.HangUp();
        var all = Task.WhenAll(_running);
        try
        {
            await all.WaitAsync(HangUpTimeout, time);
        }
        catch (TimeoutException)
        {
            await abort.CancelAsync();
            await all;
        }
    }
}

/// <summary>The numbers of a load at its end, before the sessions were closed.</summary>
/// <param name="Elapsed">How long it took, with the ramp.</param>
/// <param name="CpuTime">Processor time of this process.</param>
/// <param name="Active">Sessions that were open at the end.</param>
/// <param name="Sent">Messages sent.</param>
/// <param name="Received">Messages received.</param>
internal sealed record LoadResult(TimeSpan Elapsed, TimeSpan CpuTime, int Active, long Sent, long Received)
{
    /// <summary>Processor time as a share of one core, in percent.</summary>
    internal double CpuPercent => 100 * CpuTime / Elapsed;
}
