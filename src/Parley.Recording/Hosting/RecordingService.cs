using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Protocol.Internal;
using Parley.Recording.Files;
using Parley.Recording.Sessions;
using Parley.Server.Storage;

namespace Parley.Recording.Hosting;

/// <summary>Prepares the folder before the first session, closes the records of a killed server, deletes old records, and waits for the last ones after
/// the last session.</summary>
internal sealed partial class RecordingService(RecorderServices services, LiveRecordings recordings, Announcer announcer, IAnnouncementVoice? voice = null) : IHostedLifecycleService, IDisposable
{
    internal static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);

    private static readonly TimeSpan VoiceTimeout = TimeSpan.FromSeconds(30);

    private ITimer? _sweep;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        PrivateFiles.CreateFolder("folder of records", services.Folder, RecordFiles.Patterns);
        Repair();
        if (services.Options is { Announcement: not null, AnnouncementAudio: null })
            await SpeakAnnouncementAsync(cancellationToken).ConfigureAwait(false);
        if (services.Options.Retention is not null || services.Options.MaxFolderBytes is not null)
        {
            _sweep = services.Time.CreateGuardedTimer(this, static service => service.Sweep(), static (service, e) => service.SweepFailed(e));
            Sweep();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // All sessions have ended only now.
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await recordings.StopAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.NotDrained(services.Logger);
        }
    }

    public void Dispose() => _sweep?.Dispose();

    private async Task SpeakAnnouncementAsync(CancellationToken cancellationToken)
    {
        if (voice is not null)
        {
            using var timeout = new CancellationTokenSource(VoiceTimeout, services.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            try
            {
                await announcer.SpeakAsync(voice, either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
            {
                Log.VoiceFailed(services.Logger, e);
            }
        }
        if (announcer.Length == TimeSpan.Zero)
            Log.AnnouncementSilent(services.Logger);
    }

    private void Repair()
    {
        foreach (var record in recordings.Unfinished())
        {
            try
            {
                RecordRepair.Run(services.Folder, record, services.Keys);
                Log.Repaired(services.Logger, record.Id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                Log.RepairFailed(services.Logger, record.Id, e.Message);
            }
        }
    }

    private void Sweep()
    {
        try
        {
            foreach (var id in recordings.Expired(services.Options.Retention, services.Options.MaxFolderBytes))
            {
                recordings.Delete(id);
                Log.Deleted(services.Logger, id);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.SweepFailed(services.Logger, e.Message);
        }
        _sweep!.Change(SweepInterval, Timeout.InfiniteTimeSpan);
    }

    private void SweepFailed(Exception e) => Log.SweepFailed(services.Logger, e.Message);

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecordRepaired, LogLevel.Information, "Record {RecordId} of a killed server was closed")]
        public static partial void Repaired(ILogger logger, string recordId);

        [LoggerMessage(EventIds.RepairFailed, LogLevel.Warning, "Record {RecordId} of a killed server cannot be closed: {Message}")]
        public static partial void RepairFailed(ILogger logger, string recordId, string message);

        [LoggerMessage(EventIds.RecordDeleted, LogLevel.Information, "Record {RecordId} deleted: too old, or the folder is full")]
        public static partial void Deleted(ILogger logger, string recordId);

        [LoggerMessage(EventIds.SweepFailed, LogLevel.Error, "Old records cannot be deleted: {Message}")]
        public static partial void SweepFailed(ILogger logger, string message);

        [LoggerMessage(EventIds.AnnouncementSilent, LogLevel.Warning, "Recording:AnnouncementAudio is not set: callers who get audio do not hear that they are recorded")]
        public static partial void AnnouncementSilent(ILogger logger);

        [LoggerMessage(EventIds.AnnouncementVoiceFailed, LogLevel.Warning, "The announcement of records cannot be spoken")]
        public static partial void VoiceFailed(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.NotDrained, LogLevel.Warning, "Records were not complete before the server stopped; the next start closes them")]
        public static partial void NotDrained(ILogger logger);
    }
}
