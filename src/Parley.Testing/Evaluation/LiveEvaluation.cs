using System.Text.Json;
using Parley.Client;
using Parley.Protocol;
using Parley.Testing.Evaluation.Calling;
using Parley.Testing.Evaluation.Measuring;
using Parley.Testing.Evaluation.Reports;

namespace Parley.Testing;

/// <summary>
/// Calls a Live server as a person would, records both sides, and measures turn-taking from the recording.
/// <code>
/// var report = await LiveEvaluation.RunAsync(EvaluationTarget.Of(new Uri("http://127.0.0.1:8080"), "my-key"));
/// report.Save("eval");
/// </code>
/// </summary>
public static class LiveEvaluation
{
    /// <summary>Makes the calls of a suite and measures them.</summary>
    /// <param name="target">The server.</param>
    /// <param name="options">The calls, and how they are made; null = the defaults.</param>
    /// <param name="progress">Receives each call when it is over.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="EvaluationException">The server cannot be reached, or opens no session.</exception>
    public static async Task<EvaluationReport> RunAsync(
        EvaluationTarget target, LiveEvaluationOptions? options = null, IProgress<EvaluatedCall>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        options ??= new LiveEvaluationOptions();
        var calls = CallsOf(options);
        var measured = new EvaluatedCall[calls.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = target.Virtual is null ? options.Parallelism : 1, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, calls.Count, parallel, async (i, token) =>
        {
            var script = await CallerScript.PrepareAsync(calls[i], options, token).ConfigureAwait(false);
            var recording = await DriveAsync(target, CallAsync(target, calls[i], script, options, token), token).ConfigureAwait(false);
            measured[i] = Measure(recording, options);
            progress?.Report(measured[i]);
        }).ConfigureAwait(false);
        return new EvaluationReport(target.Name, options.Setup.Model, measured);
    }

    /// <summary>Measures recordings, of this tool or of any other system.</summary>
    /// <param name="recordings">The recordings.</param>
    /// <param name="options">Level and pause of speech; null = the defaults.</param>
    public static EvaluationReport Measure(IReadOnlyList<EvaluationRecording> recordings, LiveEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        return new EvaluationReport(
            recordings.Count == 1 ? recordings[0].Name : $"{recordings.Count} recordings", model: null, [.. recordings.Select(one => Measure(one, options ?? new()))]);
    }

    /// <summary>Reads a recording: a WAV file of two channels, and <c>NAME.json</c> beside it if there is one.</summary>
    /// <param name="path">The WAV file, or a folder with several.</param>
    /// <exception cref="EvaluationException">It cannot be read, or there is none.</exception>
    public static IReadOnlyList<EvaluationRecording> Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.wav").Order(StringComparer.Ordinal)] : [path];
            return files.Length > 0 ? [.. files.Select(LoadOne)] : throw new EvaluationException($"{path} has no WAV files.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new EvaluationException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static EvaluationRecording LoadOne(string file)
    {
        var (name, audio, beside) = (Path.GetFileNameWithoutExtension(file), StereoRecording.Load(file), Path.ChangeExtension(file, ".json"));
        try
        {
            return File.Exists(beside) ? RecordingJson.Read(name, audio, File.ReadAllText(beside)) : new EvaluationRecording { Name = name, Audio = audio };
        }
        catch (Exception e) when (e is JsonException or OverflowException)
        {
            throw new EvaluationException($"{beside} does not describe the recording: {e.Message}", e);
        }
    }

    private static EvaluatedCall Measure(EvaluationRecording recording, LiveEvaluationOptions options) =>
        TurnTaking.Measure(recording, options.SpeechThresholdDb, options.SpeechPause);

    private static IReadOnlyList<EvaluationCall> CallsOf(LiveEvaluationOptions options) => options.Repeat == 1
        ? options.Suite.Calls
        : [.. options.Suite.Calls.SelectMany(call => Enumerable.Range(1, options.Repeat).Select(number => call.Renamed($"{call.Name}-{number}")))];

    private static async Task<EvaluationRecording> CallAsync(
        EvaluationTarget target, EvaluationCall call, IReadOnlyList<ScriptStep> script, LiveEvaluationOptions options, CancellationToken cancellationToken)
    {
        var setup = options.Setup with { ResponseModalities = [Modality.Audio], InputTranscription = true, OutputTranscription = true };
        LiveSession session;
        try
        {
            session = await target.Client.ConnectAsync(setup, cancellationToken).ConfigureAwait(false);
        }
        catch (LiveException e)
        {
            throw new EvaluationException(e.Message, e);
        }
        await using (session.ConfigureAwait(false))
        {
            using var run = new CallerRun(call, script, options, target.Time);
            return await run.RunAsync(session, cancellationToken).ConfigureAwait(false);
        }
    }

    private static readonly TimeSpan VirtualStep = TimeSpan.FromSeconds(1);

    // A clock that stands still is advanced from timer to timer, and so from frame to frame; after each client and server finish their work.
    private static async Task<EvaluationRecording> DriveAsync(EvaluationTarget target, Task<EvaluationRecording> call, CancellationToken cancellationToken)
    {
        if (target.Virtual is { } server)
        {
            await server.QuietAsync(cancellationToken).ConfigureAwait(false);
            while (!call.IsCompleted)
                await server.AdvanceAsync(VirtualStep, cancellationToken).ConfigureAwait(false);
        }
        return await call.ConfigureAwait(false);
    }
}
