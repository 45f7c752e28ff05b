using System.Diagnostics;
using Parley.Speech.Worker;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Worker.Synthesis;
using Parley.Speech.Workers;

namespace Parley.Speech.Tests;

public sealed class WorkerProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void An_engine_that_does_not_load_reports_why()
    {
        var failure = Assert.Throws<SpeechEngineException>(
            () => new WorkerProcess(Host(), TimeSpan.FromSeconds(30), TimeProvider.System, WorkerCommand.PocketSphinx, "/nowhere"));
        Assert.Contains("pocketsphinx", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_ends_when_its_input_ends()
    {
        using var process = Host().Start(WorkerCommand.Flite);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_worker_does_not_inherit_secrets()
    {
        using var process = Host().Start(WorkerCommand.Flite);
        if (OperatingSystem.IsLinux())
        {
            Environment.SetEnvironmentVariable("PARLEY_TEST_SECRET", "hush");
            using var next = Host().Start(WorkerCommand.Flite);
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
        using var worker = new WorkerProcess(Host(), TimeSpan.FromSeconds(30), TimeProvider.System, WorkerCommand.Flite);
        await SignalAsync("INT", worker.ProcessId);
        await SignalAsync("TERM", worker.ProcessId);
        worker.Write(PipeMessage.Speak, new SpeakRequest(1, "Hello.", "kal16", 1, 1).ToBytes());
        Assert.Equal(PipeMessage.Audio, worker.Read(out _));
    }

    [Fact]
    public async Task A_hung_worker_is_killed_after_the_time_limit()
    {
        Assert.SkipUnless(FliteLibrary.TryGet(out _, out var problem), problem);
        var time = new TimerWatch();
        using var worker = new WorkerProcess(Host(), TimeSpan.FromSeconds(10), time, WorkerCommand.Flite);
        await SignalAsync("STOP", worker.ProcessId);
        worker.Write(PipeMessage.Speak, new SpeakRequest(1, "Hello.", "kal16", 1, 1).ToBytes());
        var isWaiting = time.Armed(TimeSpan.FromSeconds(10));
        var waiting = Task.Run(() => Assert.Throws<SpeechEngineException>(() => worker.Read(out _)), Cancellation);
        await isWaiting.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("no answer for 10 s", (await waiting).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_starts_no_workers()
    {
        Assert.False(WorkerHost.TryFind(Application("/nowhere") with { IsWorker = true }, out _, out var problem));
        Assert.Contains("is a worker", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Native_code_runs_engines_in_process()
    {
        Assert.False(WorkerHost.TryFind(Application("/nowhere") with { HasStartupHooks = false }, out _, out var problem));
        Assert.Contains("native code", problem, StringComparison.Ordinal);
        Assert.False(WorkerHost.TryFind(Application("/nowhere") with { EntryAssembly = null }, out _, out problem));
        Assert.Contains("entry assembly", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_form_of_publishing_has_its_own_program_to_start()
    {
        var folder = Directory.CreateTempSubdirectory("parley-worker-").FullName;
        try
        {
            var (dotnet, executable) = OperatingSystem.IsWindows() ? ("dotnet.exe", "app.exe") : ("dotnet", "app");
            var shared = Directory.CreateDirectory(Path.Combine(folder, "shared", "Microsoft.NETCore.App", "10.0.0")).FullName;
            Assert.False(WorkerHost.TryFind(Application(folder), out _, out var problem));
            Assert.Contains("start app with", problem, StringComparison.Ordinal);

            // A single file: nothing but the executable, under any name.
            Create("renamed");
            Assert.Equal(Path.Combine(folder, "renamed"), Found(Application(folder) with { ProcessPath = Path.Combine(folder, "renamed") }));

            // Self-contained: the executable beside the assembly, even if another program loaded the runtime.
            Create("app.dll");
            Create(executable);
            Assert.Equal(Path.Combine(folder, executable), Found(Application(folder) with { ProcessPath = Path.Combine(folder, "renamed") }));

            // Portable: the dotnet host of the shared runtime.
            Create(dotnet);
            Create("app.runtimeconfig.json");
            Assert.Equal(Path.Combine(folder, dotnet), Found(Application(folder) with { RuntimeDirectory = shared }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Create(string name) => File.WriteAllText(Path.Combine(folder, name), "");

        static string Found(RunningApplication application)
        {
            Assert.True(WorkerHost.TryFind(application, out var host, out var problem), problem);
            return host.Program;
        }
    }

    private static RunningApplication Application(string folder) => new() { Directory = folder, RuntimeDirectory = folder, EntryAssembly = "app" };

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
