namespace Parley.Server.Access;

/// <summary>An error response of an HTTP method, in the format of Google's services.</summary>
internal sealed class ApiException(int code, string status, string message) : Exception(message)
{
    internal int Code { get; } = code;

    internal string Status { get; } = status;

    internal static ApiException InvalidArgument(string message) => new(400, "INVALID_ARGUMENT", message);

    internal static ApiException NotFound(string message) => new(404, "NOT_FOUND", message);

    internal static ApiException PermissionDenied(string message) => new(403, "PERMISSION_DENIED", message);

    /// <summary>The page is not one of <see cref="LiveApiOptions.AllowedOrigins"/>.</summary>
    internal static ApiException ForeignOrigin => PermissionDenied("This origin is not allowed.");

    internal static ApiException Elsewhere(string message) => new(409, "FAILED_PRECONDITION", message);

    internal static ApiException TooLarge(string message) => new(413, "INVALID_ARGUMENT", message);

    internal static ApiException TooMany(string message) => new(429, "RESOURCE_EXHAUSTED", message);

    /// <summary>The response of the public service to a bad credential over HTTP.</summary>
    internal static ApiException Refused(Refusal refusal) => refusal.Code == 503
        ? new ApiException(503, refusal.Status, refusal.Close.Reason)
        : refusal.Close.Code == LiveClose.NoIdentity.Code
            ? PermissionDenied(refusal.Close.Reason)
            : InvalidArgument(refusal.Close.Reason);
}
