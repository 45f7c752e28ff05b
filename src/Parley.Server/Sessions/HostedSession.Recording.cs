namespace Parley.Server.Sessions;

/// <summary>The recording of the session.</summary>
internal sealed partial class HostedSession
{
    private ISessionRecording? _recording;

    private void BeginRecording(SessionPlan plan)
    {
        if (_connection.Services.Recorder is not { } recorder)
            return;
        var start = plan.Start;
        var facts = new LiveSessionFacts(start.SessionId, _connection.Id, _connection.Services.Node.Name, _model, plan.Model is IMessageModel, start.Caller!);
        _recording = recorder.Begin(facts, start, Close);
    }

    // The model knows nothing of the announcement.
    private TimeSpan Played(TimeSpan position) =>
        _recording is null ? position : position > _recording.AnnouncementLength ? position - _recording.AnnouncementLength : TimeSpan.Zero;

    private void EndRecording(bool mayResume)
    {
        if (_recording is null)
            return;
        var (close, total) = (_writer.QueuedClose, _meter.Total);
        _recording.End(new SessionRecordingEnd(
            close?.Code ?? _connection.ClientCloseCode, close?.Reason ?? "", close is null ? "client" : _endedByModel ? "upstream" : "server", mayResume,
            total.PromptTokens, total.ResponseTokens, total.Cost));
    }
}
