namespace Parley.Speech.Worker;

/// <summary>The command line of a worker: the application's own, then <see cref="Marker"/>, then the engine and what it needs.</summary>
internal static class WorkerCommand
{
    /// <summary>The argument that tells a worker from the application.</summary>
    public const string Marker = "parley-speech-worker";

    /// <summary>Followed by the directory of the model.</summary>
    public const string PocketSphinx = "pocketsphinx";

    /// <summary>Takes no arguments.</summary>
    public const string Flite = "flite";

    /// <summary>
    /// An engine of another assembly. Followed by the name of its <c>IEngineFactory</c>, "Namespace.Type, Assembly", and the arguments of the
    /// engine.
    /// </summary>
    public const string Engine = "engine";
}
