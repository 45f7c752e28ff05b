using System.Net;
using System.Text.RegularExpressions;

namespace Parley.Client;

/// <summary>What a close means and what may help.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Advice">What may help.</param>
public readonly record struct CloseCause(EndCause Cause, RetryAdvice Advice)
{
    /// <summary>Whether connecting again may help.</summary>
    public bool CanRetry => Advice != RetryAdvice.No;
}

/// <summary>
/// Reads close codes and their texts (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#12-close-codes">protocol 12</see>). Texts are searched, never compared: the wire cuts them at 123 bytes.
/// </summary>
public static partial class CloseCauses
{
    // The first row that fits counts. Code 0 stands for any code: the service is not consistent in them.
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
        (0, "Unknown name", EndCause.UnknownField, RetryAdvice.No),
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
    /// <param name="code">The close code; null where the socket broke without one.</param>
    /// <param name="reason">The text of the server, possibly cut in mid-word.</param>
    public static CloseCause Classify(int? code, string? reason)
    {
        var wanted = code ?? 1006;
        var text = reason ?? "";
        foreach (var row in Table)
        {
            if ((row.Code == 0 || row.Code == wanted) && text.Contains(row.Text, StringComparison.OrdinalIgnoreCase))
                return new CloseCause(row.Cause, row.Advice);
        }
        return new CloseCause(EndCause.Unknown, RetryAdvice.BackOff);
    }

    /// <summary>Classifies a refused upgrade.</summary>
    /// <param name="status">The status the server answered with; null where there was no answer.</param>
    public static CloseCause Classify(HttpStatusCode? status) => (int?)status switch
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

    /// <summary>The chapter of <c>docs/closes.md</c> about a cause.</summary>
    public static string HelpLink(EndCause cause) => "docs/closes.md#" + cause.ToString().ToLowerInvariant();

    /// <summary>The field an "Unknown name" text is about, with its path; null for other texts.</summary>
    internal static string? FieldPath(string reason)
    {
        if (UnknownName.Match(reason) is not { Success: true } match)
            return null;
        var (name, at) = (match.Groups["name"].Value, match.Groups["at"].Value);
        return at.Length == 0 ? name : $"{at}.{name}";
    }

    [GeneratedRegex(@"Unknown name ""(?<name>[^""]*)(""( at '(?<at>[^']*))?)?", RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownName { get; }

    /// <summary>What to do about a cause, in one sentence; empty where there is nothing to do.</summary>
    public static string Hint(EndCause cause) => cause switch
    {
        EndCause.InvalidKey => "Check the API key; an ephemeral token (auth_tokens/…) goes to LiveClient.FromToken.",
        EndCause.ExpiredKey => "Renew the API key.",
        EndCause.ExpiredToken => "Create a new token with CreateTokenAsync.",
        EndCause.NoIdentity => "No credential arrived: check that proxies pass it on, or set CredentialPlacement.Query.",
        EndCause.Forbidden => "The credential is not allowed to do this, or the server refused by policy.",
        EndCause.Region => "The service is not offered at this location.",
        EndCause.UnknownModel => "Choose a model that ListModelsAsync returns, and check ApiVersion.",
        EndCause.UnknownEndpoint => "Check BaseAddress and ApiVersion: there is no Live API at that address.",
        EndCause.UnknownField => "Remove the named field from the setup or message; the model or API version does not know it.",
        EndCause.DeprecatedField => "Use the replacement the text names.",
        EndCause.InvalidArgument =>
            "Check modality, tool schemas and content sent in mid-session; a full context gives this text too (set ContextWindowCompression).",
        EndCause.UnsupportedFeature => "The model does not offer what the setup asks for; remove it or choose another model.",
        EndCause.SetupOrder => "Use one session per connection and send no setup through SendRawAsync.",
        EndCause.InvalidHandle or EndCause.SessionNotFound => "Connect again without SessionResumption.Handle.",
        EndCause.ContextFull => "Set ContextWindowCompression, or start a new session.",
        EndCause.Quota => "Wait a minute, close other sessions, or raise the quota.",
        EndCause.LifetimeOver or EndCause.GoingAway or EndCause.OperationRefused or EndCause.Network => "Connect again with the newest handle.",
        EndCause.MessageTooBig => "Send smaller messages, or raise MaxMessageBytes where it was the server's message.",
        EndCause.Unavailable or EndCause.Internal => "Try again later, with growing pauses.",
        EndCause.Timeout => "Try again, or raise SetupTimeout.",
        _ => "",
    };
}
