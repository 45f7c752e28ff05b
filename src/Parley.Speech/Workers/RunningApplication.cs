using System.Reflection;
using System.Runtime.InteropServices;
using Parley.Speech.Worker;

namespace Parley.Speech.Workers;

/// <summary>What <see cref="WorkerHost"/> needs to know about this process to start it once more.</summary>
internal sealed record RunningApplication
{
    /// <summary>The folder of the application.</summary>
    public required string Directory { get; init; }

    /// <summary>The folder of the .NET runtime.</summary>
    public required string RuntimeDirectory { get; init; }

    /// <summary>The simple name of the assembly with Main; null if native code started the runtime.</summary>
    public string? EntryAssembly { get; init; }

    /// <summary>The executable of this process.</summary>
    public string? ProcessPath { get; init; }

    /// <summary>
    /// False if the application was published without support for startup hooks: its Main would run instead of the worker.
    /// </summary>
    public bool HasStartupHooks { get; init; } = true;

    /// <summary>Whether this process is itself a worker.</summary>
    public bool IsWorker { get; init; }

    /// <summary>The dependency files that the host read, the application's first.</summary>
    public string? DependencyFiles { get; init; }

    /// <summary>This process.</summary>
    public static RunningApplication Current() => new()
    {
        Directory = AppContext.BaseDirectory,
        RuntimeDirectory = RuntimeEnvironment.GetRuntimeDirectory(),
        EntryAssembly = Assembly.GetEntryAssembly()?.GetName().Name,
        ProcessPath = Environment.ProcessPath,
        HasStartupHooks = !AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out var isSupported) || isSupported,
        IsWorker = Environment.GetCommandLineArgs().Contains(WorkerCommand.Marker),
        DependencyFiles = AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string,
    };

    /// <summary>
    /// The options that "dotnet exec" needs to find the runtime: none if the application has a configuration of its own name. A test host
    /// has none; it runs with that of the test project.
    /// </summary>
    public string[]? FindConfiguration()
    {
        if (File.Exists(Path.Combine(Directory, EntryAssembly + ".runtimeconfig.json")))
            return [];
        const string Ending = ".deps.json";
        var dependencies = DependencyFiles?.Split(';')[0];
        if (dependencies?.EndsWith(Ending, StringComparison.Ordinal) != true)
            return null;
        var configuration = dependencies[..^Ending.Length] + ".runtimeconfig.json";
        return File.Exists(configuration) ? ["--depsfile", dependencies, "--runtimeconfig", configuration] : null;
    }
}
