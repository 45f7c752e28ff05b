using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Worker;

namespace Parley.Speech.Tests;

public sealed class WorkerProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void An_engine_that_does_not_load_says_why()
    {
        var failure = Assert.Throws<SpeechEngineException>(
            () => new WorkerProcess(Host(), TimeSpan.FromSeconds(30), TimeProvider.System, WorkerEngines.PocketSphinx, "/nowhere"));
        Assert.Contains("pocketsphinx", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_ends_with_the_one_who_started_it()
    {
        using var process = Host().Start(WorkerEngines.Flite);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_worker_knows_no_secret_of_the_application()
    {
        using var process = Host().Start(WorkerEngines.Flite);
        if (OperatingSystem.IsLinux())
        {
            Environment.SetEnvironmentVariable("PARLEY_TEST_SECRET", "hush");
            using var next = Host().Start(WorkerEngines.Flite);
            Assert.DoesNotContain("hush", await File.ReadAllTextAsync($"/proc/{next.Id}/environ", Cancellation), StringComparison.Ordinal);
            next.StandardInput.Close();
        }
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public async Task A_worker_leaves_signals_to_the_application()
    {
        Assert.SkipUnless(FliteLibrary.TryGet(out _, out var problem), problem);
        using var worker = new WorkerProcess(Host(), TimeSpan.FromSeconds(30), TimeProvider.System, WorkerEngines.Flite);
        await SignalAsync("INT", worker.ProcessId);
        await SignalAsync("TERM", worker.ProcessId);
        worker.Write(FrameKind.Speak, new SpeakRequest(1, "Hello.", "kal16", 1, 1).ToBytes());
        Assert.Equal(FrameKind.Audio, worker.Read(out _));
    }

    [Fact]
    public async Task A_worker_that_hangs_is_ended_when_patience_is()
    {
        Assert.SkipUnless(FliteLibrary.TryGet(out _, out var problem), problem);
        var time = new FakeTimeProvider();
        using var worker = new WorkerProcess(Host(), TimeSpan.FromSeconds(10), time, WorkerEngines.Flite);
        await SignalAsync("STOP", worker.ProcessId);
        worker.Write(FrameKind.Speak, new SpeakRequest(1, "Hello.", "kal16", 1, 1).ToBytes());
        var waiting = Task.Run(() => Assert.Throws<SpeechEngineException>(() => worker.Read(out _)), Cancellation);

        // Time that passes before the wait began does not count, so it passes until the wait is over.
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Contains("no answer for 10 s", (await waiting).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_program_the_reason_is_said()
    {
        var empty = Directory.CreateTempSubdirectory("parley-empty-");
        Assert.False(WorkerHost.TryFind(empty.FullName, empty.FullName, out _, out var problem));
        Assert.Contains("Parley.Speech.Worker.dll", problem, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(empty.FullName, "Parley.Speech.Worker.dll"), "");
        Assert.False(WorkerHost.TryFind(empty.FullName, empty.FullName, out _, out problem));
        Assert.Contains("dotnet host", problem, StringComparison.Ordinal);
        empty.Delete(recursive: true);
    }

    internal static async Task SignalAsync(string signal, int processId)
    {
        using var kill = Process.Start("kill", ["-" + signal, processId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancellation);
        Assert.Equal(0, kill.ExitCode);
    }

    private static WorkerHost Host()
    {
        Assert.True(WorkerHost.TryFind(out var host, out var problem), problem);
        return host;
    }
}
