using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Parley.Speech.Worker;

namespace Parley.Speech.Workers;

/// <summary>
/// Starts workers: the application's own executable once more, with a startup hook that runs an engine before the application's Main
/// would run. This needs no second program, so it works for every form of publishing that has a JIT compiler.
/// </summary>
internal sealed class WorkerHost
{
    private const string HookAssembly = "Parley.Speech.Worker";

    // What a process needs to find libraries, the runtime and temporary files. Everything else stays out: above all, keys.
    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMP", "XDG_CACHE_HOME",
        "DOTNET_ROOT", "DOTNET_ROLL_FORWARD", "DOTNET_ROLL_FORWARD_TO_PRERELEASE", "DOTNET_BUNDLE_EXTRACT_BASE_DIR",
    ];

    private readonly string _program;
    private readonly string[] _arguments;
    private readonly string? _runtimeRoot;

    private WorkerHost(string program, string[] arguments, string? runtimeRoot) => (_program, _arguments, _runtimeRoot) = (program, arguments, runtimeRoot);

    /// <summary>The program that is started.</summary>
    internal string Program => _program;

    /// <summary>Finds out how to start this application once more.</summary>
    /// <param name="host">How to start a worker.</param>
    /// <param name="problem">If there is no way: the reason, in a few words.</param>
    public static bool TryFind([NotNullWhen(true)] out WorkerHost? host, out string problem) =>
        TryFind(RunningApplication.Current(), out host, out problem);

    internal static bool TryFind(RunningApplication application, [NotNullWhen(true)] out WorkerHost? host, out string problem)
    {
        host = null;
        if (application.IsWorker)
            return Fail("this process is a worker", out problem);
        if (!application.HasStartupHooks)
            return Fail("the application is trimmed or compiled to native code, which turns startup hooks off", out problem);
        if (application.EntryAssembly is not { } entry)
            return Fail("the application has no entry assembly", out problem);

        // <root>/shared/Microsoft.NETCore.App/<version>/ unless the application brings its own runtime.
        var runtimeRoot = Path.GetFullPath(Path.Combine(application.RuntimeDirectory, "..", "..", ".."));
        var muxer = Path.Combine(runtimeRoot, Executable("dotnet"));
        var isShared = File.Exists(muxer);
        var assembly = Path.Combine(application.Directory, entry + ".dll");
        var isSingleFile = !File.Exists(assembly);
        var executable = isSingleFile ? application.ProcessPath : Path.Combine(application.Directory, Executable(entry));

        if (isShared && !isSingleFile && application.FindConfiguration() is { } configuration)
            host = new WorkerHost(muxer, ["exec", .. configuration, assembly], runtimeRoot);
        else if (File.Exists(executable) && Path.GetFileNameWithoutExtension(executable) != "dotnet")
            host = new WorkerHost(executable, [], isShared ? runtimeRoot : null);
        else
            return Fail($"there is neither a dotnet host nor an executable to start {entry} with", out problem);
        problem = "";
        return true;
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="arguments">The engine and what it needs; see <see cref="WorkerCommand"/>.</param>
    /// <exception cref="SpeechEngineException">The operating system refuses.</exception>
    public Process Start(params ReadOnlySpan<string> arguments)
    {
        var start = Isolate(new ProcessStartInfo(_program, [.. _arguments, WorkerCommand.Marker, .. arguments]));
        start.Environment["DOTNET_STARTUP_HOOKS"] = HookAssembly;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        // The application's own settings may suit a busy server. A worker has one thread that matters and little managed memory.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        // By default the budget of generation 0 follows the L3 cache, hundreds of megabytes on a server; 4 MiB (hexadecimal).
        start.Environment["DOTNET_GCgen0size"] = "400000";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        if (_runtimeRoot is not null)
            start.Environment["DOTNET_ROOT"] = _runtimeRoot;
        return Start(start);
    }

    /// <summary>Removes from the environment what the process need not know, and redirects its three streams.</summary>
    internal static ProcessStartInfo Isolate(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Except(Inherited, StringComparer.OrdinalIgnoreCase).ToArray())
            start.Environment.Remove(name);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        return start;
    }

    internal static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new SpeechEngineException($"{start.FileName} could not be started.");
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new SpeechEngineException($"{start.FileName} could not be started: {e.Message}", e);
        }
    }

    private static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private static bool Fail(string why, out string problem)
    {
        problem = why;
        return false;
    }
}
