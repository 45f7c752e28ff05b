using System.Collections.Concurrent;
using System.Runtime.InteropServices;

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

        var frames = new FrameStream(Console.OpenStandardInput(), TakeOutput());
        using var work = new BlockingCollection<(FrameKind Kind, byte[] Content)>();
        IFrameServer? server = null;
        new Thread(() => Serve(arguments, frames, work, ref server)) { IsBackground = true, Name = "Engine" }.Start();

        while (frames.TryRead(out var kind, out var content))
            if (kind == FrameKind.Cancel)
                Volatile.Read(ref server)?.Cancel(BitConverter.ToInt32(content));
            else
                work.Add((kind, content.ToArray()));
        return 0;
    }

    private static void Serve(string[] arguments, FrameStream frames, BlockingCollection<(FrameKind Kind, byte[] Content)> work, ref IFrameServer? server)
    {
        try
        {
            Volatile.Write(ref server, Open(arguments, frames));
        }
        catch (Exception e) // The edge of the process: the application gets the reason.
        {
            frames.Write(FrameKind.Failed, e.Message);
            Environment.Exit(NoEngine);
        }

        frames.Write(FrameKind.Ready);
        foreach (var (kind, content) in work.GetConsumingEnumerable())
            try
            {
                server.Handle(kind, content);
            }
            catch (Exception e) // The edge of the engine's loop: the application gets the reason, and the next frame is served.
            {
                frames.Write(FrameKind.Failed, e.Message);
            }
    }

    private static IFrameServer Open(string[] arguments, FrameStream frames) => arguments switch
    {
        [WorkerCommand.PocketSphinx, var modelDirectory] => new DecoderServer(new SphinxDecoder(modelDirectory), frames),
        [WorkerCommand.Flite] => FliteLibrary.TryGet(out var library, out var problem)
            ? new FliteServer(library, frames)
            : throw new InvalidOperationException(problem),
        _ => throw new InvalidOperationException($"Unknown speech engine: {string.Join(' ', arguments)}."),
    };

    /// <summary>Keeps standard output for frames: what native code prints goes to the error stream.</summary>
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
