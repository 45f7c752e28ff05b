using Microsoft.Extensions.Logging;
using Parley.Recording.Files;
using Parley.Recording.Timeline;
using Parley.Recording.Transcripts;
using Parley.Server;

namespace Parley.Recording.Sessions;

/// <summary>Writes the record of one session. Whatever fails here ends the record, never the call, unless the call must be recorded.</summary>
internal sealed partial class RecordWorker(
    SessionRecord record, RecordEngine engine, RecordFiles files, IAudioFile audio, RecordFacts facts, RecorderServices services, Action<LiveClose> close) : IDisposable
{
    // About a page of Opus.
    private const long FlushSamples = StereoTimeline.RateHz;

    private static readonly TimeSpan FactsInterval = TimeSpan.FromSeconds(5);

    private long _flushed, _factsWritten;

    /// <summary>Runs until the session has ended.</summary>
    internal async Task RunAsync()
    {
        services.Metrics.Started();
        var outcome = "failed";
        try
        {
            _factsWritten = services.Time.GetTimestamp();
            while (await record.WaitAsync().ConfigureAwait(true))
            {
                while (record.TryRead(out var batch))
                    Handle(batch);
                Write();
            }
            outcome = Complete();
        }
        catch (RecordOverflowException)
        {
            outcome = "overflow";
            Log.Overflowed(services.Logger, facts.Id);
            GiveUp(outcome);
        }
        catch (Exception e)
        {
            Log.Failed(services.Logger, facts.Id, e.GetType().Name, e.Message);
            GiveUp(outcome);
        }
        finally
        {
            Dispose();
            services.Metrics.Ended(outcome, audio.Bytes, StereoTimeline.Seconds(engine.Timeline.Taken));
        }
    }

    public void Dispose()
    {
        try
        {
            audio.Dispose();
        }
        catch (IOException)
        {
            // A full disk: reported already.
        }
    }

    private void Handle(RecordItem[] batch)
    {
        try
        {
            foreach (var item in batch)
                engine.Handle(item);
        }
        finally
        {
            record.Return(batch);
        }
    }

    private void Write()
    {
        engine.Take(record.Now, frame => audio.Write(frame));
        if (engine.Timeline.Taken - _flushed >= FlushSamples)
        {
            _flushed = engine.Timeline.Taken;
            audio.Flush();
        }
        if (!engine.HasNews || services.Time.GetElapsedTime(_factsWritten) < FactsInterval)
            return;
        _factsWritten = services.Time.GetTimestamp();
        files.WriteFacts(engine.AddTo(facts));
    }

    private string Complete()
    {
        if (!record.HasStarted)
        {
            audio.Dispose();
            RecordFiles.Delete(services.Folder, facts.Id);
            return "empty";
        }
        if (record.HasOverflowed)
            throw new RecordOverflowException();
        engine.Finish(record.EndPosition, frame => audio.Write(frame));
        audio.Complete();
        WriteEnd("completed");
        return "completed";
    }

    private void WriteEnd(string outcome)
    {
        var end = record.Ended;
        var written = engine.AddTo(facts) with
        {
            Ended = services.Time.GetUtcNow(), Complete = true, Outcome = outcome, Close = end is { } ended ? new RecordClose(ended.Code, ended.Reason, ended.Cause, ended.MayResume) : null,
            Usage = end is { } total ? new RecordUsage(total.PromptTokens, total.ResponseTokens, total.Cost) : null,
        };
        files.WriteFacts(written);
        files.WriteSubtitles(written);
        Log.Ended(services.Logger, facts.Id, outcome, written.Seconds, audio.Bytes);
    }

    // What is written already stays readable.
    private void GiveUp(string outcome)
    {
        record.Stop();
        try
        {
            audio.Complete();
            WriteEnd(outcome);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // The cause is known; the next start closes the record.
        }
        if (services.Options.Required)
            close(LiveClose.Internal);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RecordEnded, LogLevel.Debug, "Record {RecordId} ended: {Outcome}, {Seconds} s, {Bytes} bytes")]
        public static partial void Ended(ILogger logger, string recordId, string outcome, double seconds, long bytes);

        [LoggerMessage(EventIds.RecordFailed, LogLevel.Error, "Record {RecordId} ended early, the call goes on: {Error}: {Message}")]
        public static partial void Failed(ILogger logger, string recordId, string error, string message);

        [LoggerMessage(EventIds.RecordOverflowed, LogLevel.Error, "Record {RecordId} ended early, the call goes on: writing is too slow, or the model is more than 5 minutes ahead")]
        public static partial void Overflowed(ILogger logger, string recordId);
    }
}
