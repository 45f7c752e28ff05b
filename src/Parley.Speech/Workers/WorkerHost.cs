using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Parley.Speech;

/// <summary>How to start a worker: the .NET host that runs this application, and the worker program beside it.</summary>
internal sealed class WorkerHost
{
    private const string Program = "Parley.Speech.Worker";

    // What a process needs to find its libraries and its temporary files. Nothing else of ours is its business: keys least of all.
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "DOTNET_ROOT", "SystemRoot", "TEMP", "TMP", "XDG_CACHE_HOME"];

    private readonly string _host;
    private readonly string[] _arguments;

    private WorkerHost(string host, string[] arguments) => (_host, _arguments) = (host, arguments);

    /// <summary>Finds the worker program.</summary>
    /// <param name="host">How to start it.</param>
    /// <param name="problem">Otherwise, in a few words, what is missing.</param>
    public static bool TryFind([NotNullWhen(true)] out WorkerHost? host, out string problem) =>
        TryFind(AppContext.BaseDirectory, RuntimeEnvironment.GetRuntimeDirectory(), out host, out problem);

    internal static bool TryFind(string applicationDirectory, string runtimeDirectory, [NotNullWhen(true)] out WorkerHost? host, out string problem)
    {
        host = null;
        var program = Path.Combine(applicationDirectory, Program + ".dll");
        if (!File.Exists(program))
        {
            problem = $"{Program}.dll is not beside the application";
            return false;
        }

        // <root>/shared/Microsoft.NETCore.App/<version>/ of an application that brings no runtime of its own.
        var executable = Path.GetFullPath(Path.Combine(runtimeDirectory, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        if (!File.Exists(executable))
        {
            problem = "there is no dotnet host to run workers with";
            return false;
        }

        // A package brings the program but not its configuration; that of the application does as well.
        var own = Path.Combine(applicationDirectory, Program + ".runtimeconfig.json");
        var configuration = File.Exists(own) ? own : Path.Combine(applicationDirectory, Assembly.GetEntryAssembly()?.GetName().Name + ".runtimeconfig.json");
        if (!File.Exists(configuration))
        {
            problem = "there is no runtimeconfig.json to run workers with";
            return false;
        }
        host = new WorkerHost(executable, ["exec", "--runtimeconfig", configuration, program]);
        problem = "";
        return true;
    }

    /// <summary>Starts the program.</summary>
    /// <exception cref="SpeechEngineException">The operating system refuses.</exception>
    public Process Start(params ReadOnlySpan<string> arguments)
    {
        var start = Clean(new ProcessStartInfo(_host, [.. _arguments, .. arguments]));
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        return Start(start);
    }

    /// <summary>Leaves out of the environment what the process need not know, and takes its three streams.</summary>
    internal static ProcessStartInfo Clean(ProcessStartInfo start)
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
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new SpeechEngineException($"{start.FileName} could not be started: {e.Message}", e);
        }
    }
}
