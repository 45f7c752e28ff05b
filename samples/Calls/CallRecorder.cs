using Microsoft.EntityFrameworkCore;
using Parley.Server;

/// <summary>Writes calls and what was said in them to a database. The server never waits for it.</summary>
internal sealed class CallRecorder(IDbContextFactory<CallsContext> contexts) : ILiveSessionEvents
{
    public async ValueTask OnEventAsync(LiveSessionEvent sessionEvent, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var session = sessionEvent.Session;
        if (sessionEvent is LiveSessionStarted)
        {
            context.Add(new Call { Id = session.Id, KeyId = session.Caller.KeyId, Model = session.Model, Started = sessionEvent.Time.UtcDateTime });
        }
        else if (await context.Calls.FindAsync([session.Id], cancellationToken) is { } call)
        {
            Update(call, sessionEvent);
            if (LineOf(sessionEvent) is { } line)
                context.Add(line);
        }
        await context.SaveChangesAsync(cancellationToken);
    }

    private static void Update(Call call, LiveSessionEvent sessionEvent)
    {
        switch (sessionEvent)
        {
            case LiveSessionResumed:
                (call.Ended, call.CloseCode) = (null, null);
                break;
            case LiveSessionEnded ended:
                (call.Ended, call.CloseCode) = (ended.Time.UtcDateTime, ended.Code);
                break;
            case LiveTurnEnded:
                call.Turns++;
                break;
            case LiveTurnInterrupted:
                call.Interruptions++;
                break;
            case LiveUsageReported usage:
                call.Tokens += usage.Usage.TotalTokenCount ?? 0;
                call.Cost += usage.Cost ?? 0;
                break;
        }
    }

    private static Line? LineOf(LiveSessionEvent sessionEvent) => sessionEvent switch
    {
        LiveTranscriptFinal said => NewLine(said, said.Speaker, said.Text),
        LiveToolCalled called => NewLine(called, called.Name, called.Arguments?.GetRawText() ?? "{}"),
        _ => null,
    };

    private static Line NewLine(LiveSessionEvent sessionEvent, string speaker, string text) =>
        new() { Id = sessionEvent.Id, CallId = sessionEvent.Session.Id, Time = sessionEvent.Time.UtcDateTime, Speaker = speaker, Text = text };
}
