using System.Net;
using Parley.Client.Ending;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>The Live API refused a request or ended a session. Messages never contain keys, tokens or handles.</summary>
public abstract class LiveException : Exception
{
    private protected LiveException(string message, CloseCause cause, Exception? innerException)
        : base(message, innerException)
    {
        Cause = cause.Cause;
        Advice = cause.Advice;
        HelpLink = CloseCauses.HelpLink(cause.Cause);
    }

    /// <summary>Why it failed.</summary>
    public EndCause Cause { get; }

    /// <summary>What to do.</summary>
    public RetryAdvice Advice { get; }

    /// <summary>Whether trying again may help.</summary>
    public bool CanRetry => Advice != RetryAdvice.No;

    private protected static string Sentence(string what, string reason, string hint)
    {
        var text = reason.Length == 0 ? what + "." : $"{what}: {reason.TrimEnd('.')}.";
        return hint.Length == 0 ? text : $"{text} {hint}";
    }
}

/// <summary>No session could be opened.</summary>
public sealed class LiveConnectException : LiveException
{
    internal LiveConnectException(
        string what, CloseCause cause, HttpStatusCode? statusCode = null, int? closeCode = null, string? reason = null,
        Exception? innerException = null)
        : base(Sentence(what, reason ?? "", CloseCauses.ConnectHint(cause.Cause, reason ?? "")), cause, innerException)
    {
        StatusCode = statusCode;
        CloseCode = closeCode;
        Reason = reason ?? "";
    }

    /// <summary>HTTP status of the refused upgrade; null if there was no answer, or the upgrade was accepted.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>Path of the field that the server did not know, or whose value it did not take; null if the reason names none.</summary>
    public string? FieldPath => CloseClassifier.FieldPath(Reason);

    /// <summary>Close code before <c>setupComplete</c>; null if there was no close.</summary>
    public int? CloseCode { get; }

    /// <summary>Reason text of the server; empty if it gave none.</summary>
    public string Reason { get; }
}

/// <summary>The session has ended: a message could not be sent, or <see cref="SessionEnd.ThrowIfAbnormal"/> was called.</summary>
public sealed class LiveSessionException : LiveException
{
    internal LiveSessionException(SessionEnd end)
        : base(
            Sentence($"The session has ended ({Describe(end)})", end.Reason, end.Hint), new CloseCause(end.Cause, end.Advice), end.Error) =>
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
            + "If the profile is out of date, set LiveClientOptions.Preflight to Log.",
            new CloseCause(EndCause.UnsupportedFeature, RetryAdvice.No), null) =>
        Findings = findings;

    /// <summary>What would be refused.</summary>
    public IReadOnlyList<PreflightFinding> Findings { get; }
}

/// <summary>An HTTP request (models, tokens) failed.</summary>
public sealed class LiveRequestException : LiveException
{
    internal LiveRequestException(string what, CloseCause cause, HttpStatusCode? statusCode, string? reason, Exception? innerException = null)
        : base(Sentence(what, reason ?? "", CloseCauses.ConnectHint(cause.Cause, reason ?? "")), cause, innerException)
    {
        StatusCode = statusCode;
        Reason = reason ?? "";
    }

    /// <summary>HTTP status of the answer; null if there was none.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>Reason text of the server; empty if it gave none.</summary>
    public string Reason { get; }
}
