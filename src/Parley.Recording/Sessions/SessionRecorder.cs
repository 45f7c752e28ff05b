using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Recording.Files;
using Parley.Recording.Timeline;
using Parley.Recording.Transcripts;
using Parley.Server;
using Parley.Server.Sessions;

namespace Parley.Recording.Sessions;

/// <summary>Begins the records of sessions.</summary>
internal sealed partial class SessionRecorder(RecorderServices services, Announcer announcer, IEnumerable<IRecordingPolicy> policies) : ISessionRecorder
{
    private readonly IRecordingPolicy[] _policies = [.. policies];
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    // Files block: a slow disk must not take all threads of the process.
    private readonly TaskScheduler _scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Math.Max(2, Environment.ProcessorCount)).ConcurrentScheduler;

    public string? UpgradeHeader => services.Options.Announcement is null ? null : "announced";

    /// <summary>Ids of the records that are being written.</summary>
    internal bool IsRunning(string id) => _running.ContainsKey(id);

    public ISessionRecording? Begin(LiveSessionFacts session, LiveModelStart start, Action<LiveClose> close)
    {
        if (!ShouldRecord(session, start.Setup))
            return null;
        var id = session.ConnectionId;
        try
        {
            return Start(id, session, start, close);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or CryptographicException)
        {
            services.Metrics.Refused();
            Log.NotStarted(services.Logger, id, e.GetType().Name, e.Message);
            DeleteRest(id);
            return services.Options.Required ? throw new LiveCloseException(LiveClose.Internal) : null;
        }
    }

    /// <summary>Completes when all records are written. No session may be running.</summary>
    internal Task StopAsync() => Task.WhenAll(_running.Values);

    /// <summary>The owner of a session as records name it.</summary>
    internal static string HashOf(string owner) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)));

    private SessionRecord Start(string id, LiveSessionFacts session, LiveModelStart start, Action<LiveClose> close)
    {
        var files = new RecordFiles(services.Folder, id, services.Options.Format, services.Protection);
        if (services.OpenAudio is { } open)
            files = new RecordFiles(services.Folder, id, services.Options.Format, services.Protection) { Open = open };
        var announcement = start.ResumeFrom is null ? announcer.For(start.Setup) : [];
        var plan = PlanOf(session, start.Setup) with { HasAnnouncement = announcement.Count > 0 };
        List<string> notKept = [.. plan.KeepsUser ? [] : new[] { "user" }, .. plan.KeepsModel ? [] : new[] { "model" }];
        var facts = new RecordFacts
        {
            Id = id, SessionId = session.Id, Resumed = start.ResumeFrom is not null, Model = session.Model, Relayed = session.IsRelayed, Node = session.Node, KeyId = session.Caller.KeyId,
            Owner = HashOf(session.Caller.Owner), Started = services.Time.GetUtcNow(),
            Audio = new RecordAudioFacts(files.AudioName, services.Options.Format.ToString().ToLowerInvariant(), StereoTimeline.RateHz, ["user", "model"])
            {
                NotKept = notKept.Count > 0 ? notKept : null,
            },
        };
        var audio = files.CreateAudio(services.Options.OpusBitrate);
        RecordWorker? worker = null;
        try
        {
            files.WriteFacts(facts);
            var record = new SessionRecord(services.Time, announcement, announcement.Count > 0 ? announcer.LengthFor(start.Setup) : TimeSpan.Zero);
            worker = new RecordWorker(record, new RecordEngine(plan), files, audio, facts, services, close);
            var running = new Task<Task>(worker.RunAsync);
            var task = running.Unwrap();
            _running[id] = task;
            _ = task.ContinueWith(_ => _running.TryRemove(id, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            running.Start(_scheduler);
            Log.Started(services.Logger, id, session.Id);
            return record;
        }
        catch
        {
            if (worker is null)
                audio.Dispose();
            throw;
        }
    }

    private void DeleteRest(string id)
    {
        try
        {
            RecordFiles.Delete(services.Folder, id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The cause is logged; a file without facts is no record.
        }
    }

    // Speech without a transcript cannot be redacted, so it is not kept.
    private RecordPlan PlanOf(LiveSessionFacts session, Setup setup) => new(
        HasExactTimes: !session.IsRelayed, services.Redactor, services.Redactor is null || setup.InputAudioTranscription is not null,
        services.Redactor is null || setup.OutputAudioTranscription is not null, services.Options.ToolArguments);

    private bool ShouldRecord(LiveSessionFacts session, Setup setup)
    {
        if (services.Options.ConsentEntry is { } entry && !string.Equals(session.Caller.Metadata.GetValueOrDefault(entry), "true", StringComparison.OrdinalIgnoreCase))
            return false;
        try
        {
            return _policies.All(policy => policy.ShouldRecord(session, setup));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.PolicyFailed(services.Logger, session.Id, e);
            return services.Options.Required ? throw new LiveCloseException(LiveClose.Internal) : false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecordStarted, LogLevel.Debug, "Record {RecordId} of session {SessionId} started")]
        public static partial void Started(ILogger logger, string recordId, string sessionId);

        [LoggerMessage(EventIds.RecordNotStarted, LogLevel.Error, "Record {RecordId} cannot be started: {Error}: {Message}")]
        public static partial void NotStarted(ILogger logger, string recordId, string error, string message);

        [LoggerMessage(EventIds.PolicyFailed, LogLevel.Error, "The recording policy failed for session {SessionId}, which is not recorded")]
        public static partial void PolicyFailed(ILogger logger, string sessionId, Exception exception);
    }
}
