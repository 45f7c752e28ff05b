using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Worker.Recognition;
using Parley.Speech.Worker.Synthesis;

namespace Parley.Speech.Worker;

/// <summary>
/// A process that runs one native engine. Requests arrive on standard input and answers leave on standard output, one at a time, until
/// the input ends. The process therefore ends with the application that started it, even if the application was killed or the engine hangs.
/// </summary>
internal static partial class EngineProcess
{
    /// <summary>Exit code: the engine could not be loaded.</summary>
    private const int NoEngine = 3;

    /// <summary>Runs an engine until the input ends.</summary>
    /// <param name="arguments">The engine and what it needs; see <see cref="WorkerCommand"/>.</param>
    /// <returns>The exit code of the process.</returns>
    public static int Run(string[] arguments)
    {
        // A terminal or service manager signals every process of a group. The application decides when this process ends.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static context => context.Cancel = true);

        var pipe = new WorkerPipe(Console.OpenStandardInput(), TakeOutput());
        using var work = new BlockingCollection<(PipeMessage Kind, byte[] Content)>();
        IEngineServer? server = null;
        new Thread(() => ServeUntilTheEnd(arguments, pipe, work, ref server)) { IsBackground = true, Name = "Engine" }.Start();

        while (pipe.TryRead(out var kind, out var content))
        {
            if (kind == PipeMessage.Cancel)
                Volatile.Read(ref server)?.Cancel(BitConverter.ToInt32(content));
            else
                work.Add((kind, content.ToArray()));
        }

        return 0;
    }

    // An answer cannot be written once the application has ended, and then nobody needs this process.
    private static void ServeUntilTheEnd(string[] arguments, WorkerPipe pipe, BlockingCollection<(PipeMessage Kind, byte[] Content)> work, ref IEngineServer? server)
    {
        try
        {
            Serve(arguments, pipe, work, ref server);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Environment.Exit(0);
        }
    }

    private static void Serve(string[] arguments, WorkerPipe pipe, BlockingCollection<(PipeMessage Kind, byte[] Content)> work, ref IEngineServer? server)
    {
        try
        {
            Volatile.Write(ref server, Open(arguments, pipe));
        }
        catch (Exception e) // The edge of the process: the application gets the reason.
        {
            pipe.Write(PipeMessage.Failed, e.Message);
            Environment.Exit(NoEngine);
        }

        pipe.Write(PipeMessage.Ready);
        foreach (var (kind, content) in work.GetConsumingEnumerable())
        {
            try
            {
                server.Handle(kind, content);
            }
            catch (Exception e) // The edge of the engine's loop: the application gets the reason, and the next message is served.
            {
                pipe.Write(PipeMessage.Failed, e.Message);
            }
        }
    }

    private static IEngineServer Open(string[] arguments, WorkerPipe pipe) => arguments switch
    {
        [WorkerCommand.PocketSphinx, var modelDirectory] => new DecoderServer(new SphinxDecoder(modelDirectory), pipe),
        [WorkerCommand.Flite] => FliteLibrary.TryGet(out var library, out var problem)
            ? new FliteServer(library, pipe)
            : throw new InvalidOperationException(problem),
        _ => throw new InvalidOperationException($"Unknown speech engine: {string.Join(' ', arguments)}."),
    };

    /// <summary>Reserves standard output for messages: what native code prints goes to standard error.</summary>
    private static Stream TakeOutput()
    {
        if (!OperatingSystem.IsWindows())
        {
            var kept = Duplicate(1);
            if (kept >= 0 && DuplicateTo(2, 1) >= 0)
                return new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(kept, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        }
        return Console.OpenStandardOutput();
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int DuplicateTo(int descriptor, int wanted);
}
