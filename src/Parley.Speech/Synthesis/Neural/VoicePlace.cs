using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Workers;

namespace Parley.Speech.Synthesis.Neural;

/// <summary>Where networks run, and how they are started.</summary>
/// <param name="Workers">Starts workers; null for threads of this process.</param>
/// <param name="Text">For logs and health pages: "in a separate process".</param>
/// <param name="Threads">The most threads of one network.</param>
/// <param name="StallTimeout">The longest time for one clause.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Logger">Receives a warning for each lost engine.</param>
internal sealed partial record VoicePlace(WorkerHost? Workers, string Text, int Threads, TimeSpan StallTimeout, TimeProvider TimeProvider, ILogger Logger)
{
    /// <summary>Checks the settings and finds out where networks can run.</summary>
    /// <exception cref="InvalidOperationException">A setting is out of its range.</exception>
    public static VoicePlace Find(EngineIsolation isolation, int threads, TimeSpan stallTimeout, TimeProvider timeProvider, ILogger logger)
    {
        if (threads is < 1 or > 64)
            throw new InvalidOperationException($"Threads is {threads}; it must be 1 to 64.");
        if (stallTimeout <= TimeSpan.Zero)
            throw new InvalidOperationException("StallTimeout must be greater than zero.");
        WorkerHost? workers = null;
        var text = "in this process";
        if (isolation == EngineIsolation.Process)
            text = WorkerHost.TryFind(out workers, out var why) ? "in a separate process" : $"in this process, because {why}";
        return new(workers, text, threads, stallTimeout, timeProvider, logger);
    }

    /// <summary>Loads a network and lets it speak once.</summary>
    /// <param name="name">For messages: "piper".</param>
    /// <param name="path">Full path of the network.</param>
    /// <param name="first">A short request.</param>
    /// <exception cref="InvalidOperationException">It does not load or speak; the message says why.</exception>
    public VoiceEngine Start<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TFactory>(string name, string path, VoiceRequest first)
        where TFactory : class, IEngineFactory, new()
    {
        var engine = new VoiceEngine(
            name,
            () => EngineConnection.Start<TFactory>(Workers, name, StallTimeout, TimeProvider, path, Threads.ToString(CultureInfo.InvariantCulture)),
            TimeProvider,
            reason => Log.VoiceLost(Logger, name, reason.Message));
        try
        {
            engine.Start(first);
            return engine;
        }
        catch (SpeechEngineException e)
        {
            engine.Dispose();
            throw new InvalidOperationException($"{Path.GetFileName(path)} cannot be used as a voice of {name}. {e.Message}", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.NeuralVoiceLost, LogLevel.Warning, "{Engine} voice lost, starting it again: {Reason}")]
        public static partial void VoiceLost(ILogger logger, string engine, string reason);
    }
}
