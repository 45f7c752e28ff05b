using System.Diagnostics.CodeAnalysis;
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
        new EngineLoop(pipe => Open(arguments, pipe), pipe, static problem => Environment.Exit(problem is null ? 0 : NoEngine)).Run();
        return 0;
    }

    private static IEngineServer Open(string[] arguments, WorkerPipe pipe) => arguments switch
    {
        [WorkerCommand.PocketSphinx, var modelDirectory] => new DecoderServer(new SphinxDecoder(modelDirectory), pipe),
        [WorkerCommand.Flite] => FliteLibrary.TryGet(out var library, out var problem)
            ? new FliteServer(library, pipe)
            : throw new InvalidOperationException(problem),
        [WorkerCommand.Engine, var factory, .. var rest] => FactoryOf(factory).Open(rest, pipe),
        _ => throw new InvalidOperationException($"Unknown engine: {string.Join(' ', arguments)}."),
    };

    [UnconditionalSuppressMessage("Trimming", "IL2057", Justification = "A trimmed application has no workers: startup hooks are off there.")]
    private static IEngineFactory FactoryOf(string name) =>
        Activator.CreateInstance(Type.GetType(name, throwOnError: true)!) as IEngineFactory
        ?? throw new InvalidOperationException($"{name} is not an engine.");

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
