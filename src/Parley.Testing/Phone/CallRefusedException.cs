using System.Net;

namespace Parley.Testing;

/// <summary>The server did not accept the WebSocket of a <see cref="VirtualCaller"/>.</summary>
public sealed class CallRefusedException : Exception
{
    /// <summary>Creates an exception without a status.</summary>
    public CallRefusedException()
        : this("The server did not accept the call.")
    {
    }

    /// <summary>Creates an exception without a status.</summary>
    public CallRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception without a status.</summary>
    public CallRefusedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal CallRefusedException(string message, HttpStatusCode? statusCode, Exception? innerException)
        : base(message, innerException) => StatusCode = statusCode;

    /// <summary>HTTP status of the refusal, such as 403 for a wrong signature; null if there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; }
}
