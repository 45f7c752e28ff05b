namespace Parley.Speech.Worker;

/// <summary>The engines a worker can run, as its first argument names them.</summary>
internal static class WorkerEngines
{
    /// <summary>Followed by the directory of the model.</summary>
    public const string PocketSphinx = "pocketsphinx";

    /// <summary>Needs nothing more.</summary>
    public const string Flite = "flite";
}
