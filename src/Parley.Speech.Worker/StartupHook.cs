using Parley.Speech.Worker;

/// <summary>
/// Called by the .NET runtime before the <c>Main</c> of the application, because DOTNET_STARTUP_HOOKS names this assembly. The runtime
/// expects this name, without a namespace. In a worker the application's <c>Main</c> never runs.
/// </summary>
internal static class StartupHook
{
    /// <summary>Runs the worker and ends the process, if the command line asks for a worker.</summary>
    public static void Initialize()
    {
        var arguments = Environment.GetCommandLineArgs();
        var marker = Array.IndexOf(arguments, WorkerCommand.Marker);
        if (marker >= 0)
            Environment.Exit(EngineProcess.Run(arguments[(marker + 1)..]));
    }
}
