using System.Net;

namespace Parley.Client;

/// <summary>Something the Live API refused or broke off. Texts never hold keys, tokens or handles.</summary>
public abstract class LiveException : Exception
{
    private protected LiveException(string message, CloseCause cause, Exception? innerException)
        : base(message, innerException)
    {
        Cause = cause.Cause;
        Advice = cause.Advice;
        HelpLink = CloseCauses.HelpLink(cause.Cause);
    }

    /// <summary>Why.</summary>
    public EndCause Cause { get; }

    /// <summary>What may help.</summary>
    public RetryAdvice Advice { get; }

    /// <summary>Whether trying again may help.</summary>
    public bool CanRetry => Advice != RetryAdvice.No;

    private protected static string Sentence(string what, string said, EndCause cause)
    {
        var hint = CloseCauses.Hint(cause);
        var text = said.Length == 0 ? what + "." : $"{what}: {said.TrimEnd('.')}.";
        return hint.Length == 0 ? text : $"{text} {hint}";
    }
}

/// <summary>No session could be opened.</summary>
public sealed class LiveConnectException : LiveException
{
    internal LiveConnectException(
        string what, CloseCause cause, HttpStatusCode? statusCode = null, int? closeCode = null, string? reason = null,
        Exception? innerException = null)
        : base(Sentence(what, reason ?? "", cause.Cause), cause, innerException)
    {
        StatusCode = statusCode;
        CloseCode = closeCode;
        Reason = reason ?? "";
    }

    /// <summary>Status of the refused upgrade; null where there was no answer, or the upgrade was accepted.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>The field the server did not know, with its path; null where it is about something else.</summary>
    public string? FieldPath => CloseCauses.FieldPath(Reason);

    /// <summary>Close code before <c>setupComplete</c>; null where the socket did not get that far or broke.</summary>
    public int? CloseCode { get; }

    /// <summary>The server's words; empty where it said nothing.</summary>
    public string Reason { get; }
}

/// <summary>The session has ended: nothing can be sent any more, or the caller asked to see the end as an exception.</summary>
public sealed class LiveSessionException : LiveException
{
    internal LiveSessionException(SessionEnd end)
        : base(
            Sentence($"The session has ended ({Describe(end)})", end.Reason, end.Cause), new CloseCause(end.Cause, end.Advice), end.Error) =>
        End = end;

    /// <summary>How it ended.</summary>
    public SessionEnd End { get; }

    private static string Describe(SessionEnd end) => end.CloseCode is { } code ? $"{end.Cause}, close code {code}" : end.Cause.ToString();
}

/// <summary>The model would refuse a setup or a message; it was not sent. See <see cref="LiveClientOptions.Preflight"/>.</summary>
public sealed class LivePreflightException : LiveException
{
    internal LivePreflightException(IReadOnlyList<PreflightFinding> findings)
        : base(
            $"{findings[0]}{(findings.Count > 1 ? $" And {findings.Count - 1} more: see Findings." : "")} "
            + "Where this is out of date, set LiveClientOptions.Preflight to Log.",
            new CloseCause(EndCause.UnsupportedFeature, RetryAdvice.No), null) =>
        Findings = findings;

    /// <summary>What would be refused.</summary>
    public IReadOnlyList<PreflightFinding> Findings { get; }
}

/// <summary>A plain HTTP request (models, tokens) failed.</summary>
public sealed class LiveRequestException : LiveException
{
    internal LiveRequestException(string what, CloseCause cause, HttpStatusCode? statusCode, string? reason, Exception? innerException = null)
        : base(Sentence(what, reason ?? "", cause.Cause), cause, innerException)
    {
        StatusCode = statusCode;
        Reason = reason ?? "";
    }

    /// <summary>Status of the answer; null where there was none.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>The server's words; empty where it said nothing.</summary>
    public string Reason { get; }
}
