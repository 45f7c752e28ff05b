namespace Parley.Speech.Worker.Pipe;

/// <summary>
/// Opens an engine that another assembly brings. An implementation has a public parameterless constructor; a worker finds it by name
/// (<see cref="WorkerCommand.Engine"/>).
/// </summary>
internal interface IEngineFactory
{
    /// <summary>Loads the engine; blocks meanwhile. An exception means that it cannot be used: its message is the reason that the application gets.</summary>
    /// <param name="arguments">What the engine needs, such as the path of a model.</param>
    /// <param name="pipe">Where the answers go.</param>
    /// <returns>The engine. If it is <see cref="IDisposable"/>, it is disposed when no request can come any more.</returns>
    IEngineServer Open(string[] arguments, WorkerPipe pipe);
}
