using System.Net;

namespace Parley.Client.Ending;

/// <summary>
/// Classifies close codes and their reason texts (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>). Texts are searched, not compared, because the wire cuts them at 123 bytes.
/// </summary>
internal static class CloseClassifier
{
    // The first match counts. Code 0 stands for any code: the service is not consistent.
    private static readonly (int Code, string Text, EndCause Cause, RetryAdvice Advice)[] Table =
    [
        (0, "API key expired", EndCause.ExpiredKey, RetryAdvice.No),
        (0, "API key not valid", EndCause.InvalidKey, RetryAdvice.No),
        (0, "token has expired", EndCause.ExpiredToken, RetryAdvice.No),
        (0, "token expired", EndCause.ExpiredToken, RetryAdvice.No),
        (0, "expired token", EndCause.ExpiredToken, RetryAdvice.No),
        (0, "token is expired", EndCause.ExpiredToken, RetryAdvice.No),
        (0, "auth token can open no new session", EndCause.ExpiredToken, RetryAdvice.No),
        (0, "unregistered callers", EndCause.NoIdentity, RetryAdvice.No),
        (0, "location is not supported", EndCause.Region, RetryAdvice.No),
        (0, "is not found for API version", EndCause.UnknownModel, RetryAdvice.No),
        (0, "not supported for bidiGenerateContent", EndCause.UnknownModel, RetryAdvice.No),
        (0, "fields that are not specified in field_mask", EndCause.InvalidArgument, RetryAdvice.No),
        (0, "is deprecated", EndCause.DeprecatedField, RetryAdvice.No),
        (0, "setup must be the first message", EndCause.SetupOrder, RetryAdvice.No),
        (0, "Invalid session handle", EndCause.InvalidHandle, RetryAdvice.StartFresh),
        (0, "session not found", EndCause.SessionNotFound, RetryAdvice.StartFresh),
        (0, "Requested entity was not found", EndCause.SessionNotFound, RetryAdvice.StartFresh),
        (0, "context window", EndCause.ContextFull, RetryAdvice.StartFresh),
        (0, "token count exceeds", EndCause.ContextFull, RetryAdvice.StartFresh),
        (0, "quota", EndCause.Quota, RetryAdvice.WaitAMinute),
        (0, "RESOURCE_EXHAUSTED", EndCause.Quota, RetryAdvice.WaitAMinute),
        (0, "Resource has been exhausted", EndCause.Quota, RetryAdvice.WaitAMinute),
        (0, "credits", EndCause.Quota, RetryAdvice.WaitAMinute),
        (0, "currently unavailable", EndCause.Unavailable, RetryAdvice.BackOff),
        (0, "overloaded", EndCause.Unavailable, RetryAdvice.BackOff),
        (0, "The operation was aborted", EndCause.LifetimeOver, RetryAdvice.Resume),
        (0, "Connection aborted because the client failed to close", EndCause.LifetimeOver, RetryAdvice.Resume),
        (0, "Deadline expired", EndCause.LifetimeOver, RetryAdvice.Resume),
        (0, "Operation is not implemented", EndCause.OperationRefused, RetryAdvice.Resume),
        (0, "Precondition check failed", EndCause.UnsupportedFeature, RetryAdvice.No),
        (0, "Thinking level", EndCause.UnsupportedFeature, RetryAdvice.No),
        (0, "Cannot extract voices", EndCause.UnsupportedFeature, RetryAdvice.No),
        (0, "Unsupported language code", EndCause.UnsupportedFeature, RetryAdvice.No),
        (0, "There is no voice", EndCause.UnsupportedFeature, RetryAdvice.No),
        (0, "keepalive ping timeout", EndCause.Network, RetryAdvice.Resume),
        (1007, "Request contains an invalid argument", EndCause.InvalidArgument, RetryAdvice.OnceWithoutReplay),
        (1000, "", EndCause.Completed, RetryAdvice.No),
        (1001, "", EndCause.GoingAway, RetryAdvice.Resume),
        (1002, "", EndCause.ProtocolError, RetryAdvice.No),
        (1003, "", EndCause.ProtocolError, RetryAdvice.No),
        (1005, "", EndCause.Completed, RetryAdvice.No),
        (1006, "", EndCause.Network, RetryAdvice.Resume),
        (1007, "", EndCause.InvalidArgument, RetryAdvice.No),
        (1008, "", EndCause.Forbidden, RetryAdvice.No),
        (1009, "", EndCause.MessageTooBig, RetryAdvice.No),
        (1011, "", EndCause.Internal, RetryAdvice.Resume),
        (1012, "", EndCause.Unavailable, RetryAdvice.BackOff),
        (1013, "", EndCause.Unavailable, RetryAdvice.BackOff),
        (1014, "", EndCause.Unavailable, RetryAdvice.BackOff),
    ];

    /// <summary>Classifies a close.</summary>
    /// <param name="code">The close code; null if the socket broke without one.</param>
    /// <param name="reason">Reason text of the server, possibly cut in mid-word.</param>
    internal static CloseCause Classify(int? code, string? reason)
    {
        var wanted = code ?? 1006;
        var text = reason ?? "";
        if (JsonError.TryRead(text) is { } error)
            return new CloseCause(error.IsUnknownName ? EndCause.UnknownField : EndCause.InvalidArgument, RetryAdvice.No);
        foreach (var row in Table)
        {
            if ((row.Code == 0 || row.Code == wanted) && text.Contains(row.Text, StringComparison.OrdinalIgnoreCase))
                return new CloseCause(row.Cause, row.Advice);
        }
        return new CloseCause(EndCause.Unknown, RetryAdvice.BackOff);
    }

    /// <summary>Classifies a refused upgrade.</summary>
    /// <param name="status">HTTP status of the answer; null if there was no answer.</param>
    internal static CloseCause Classify(HttpStatusCode? status) => (int?)status switch
    {
        null or 0 => new(EndCause.Network, RetryAdvice.BackOff),
        401 => new(EndCause.NoIdentity, RetryAdvice.No),
        403 => new(EndCause.Forbidden, RetryAdvice.No),
        404 => new(EndCause.UnknownEndpoint, RetryAdvice.No),
        408 or 504 => new(EndCause.Timeout, RetryAdvice.BackOff),
        429 => new(EndCause.Quota, RetryAdvice.WaitAMinute),
        >= 500 => new(EndCause.Unavailable, RetryAdvice.BackOff),
        _ => new(EndCause.Unknown, RetryAdvice.No),
    };

    /// <summary>Path of the field that the text of a JSON error names, such as <c>setup.tools[0].google_search</c>; null for other texts.</summary>
    internal static string? FieldPath(string reason) => JsonError.TryRead(reason) is { Path.Length: > 0 } error ? error.Path : null;
}
