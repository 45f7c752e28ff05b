namespace Parley.Phone;

/// <summary>Ids of the log events of this assembly; never reused. It has 1400 to 1449.</summary>
internal static class EventIds
{
    internal const int CallStarted = 1400;
    internal const int CallEnded = 1401;
    internal const int CallRefused = 1402;
    internal const int CallFailed = 1403;
    internal const int WebhookRefused = 1404;
    internal const int StreamRefused = 1405;
    internal const int HangUpFailed = 1406;
    internal const int HandlerFailed = 1407;
    internal const int AudioDropped = 1408;
    internal const int EventsDropped = 1409;
    internal const int CarrierError = 1410;
    internal const int CallPlaced = 1411;
    internal const int AnswerFailed = 1412;
    internal const int SessionNotStarted = 1413;
    internal const int TimerFailed = 1414;
}
