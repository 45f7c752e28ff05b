namespace Parley.Server.Access;

/// <summary>Why a caller is refused: as a WebSocket close, and as an HTTP error (<see cref="LiveApiOptions.RejectAtHttp"/>).</summary>
/// <param name="Close">The close that answers the first message.</param>
/// <param name="Code">The HTTP status in place of the upgrade.</param>
/// <param name="Status">Its name in Google's error bodies.</param>
/// <param name="RetryAfter">Time until a retry may succeed; null = unknown.</param>
internal sealed record Refusal(LiveClose Close, int Code, string Status, TimeSpan? RetryAfter = null)
{
    internal static Refusal NoIdentity { get; } = new(LiveClose.NoIdentity, 401, "UNAUTHENTICATED");

    internal static Refusal InvalidKey { get; } = new(LiveClose.InvalidKey, 403, "PERMISSION_DENIED");

    internal static Refusal ExpiredKey { get; } = new(LiveClose.ExpiredKey, 403, "PERMISSION_DENIED");

    internal static Refusal ExpiredToken { get; } = new(LiveClose.ExpiredToken, 403, "PERMISSION_DENIED");

    /// <summary>Vertex refuses every bad credential alike, in place of the upgrade.</summary>
    internal static Refusal InvalidBearer { get; } = new(
        new LiveClose(1008, "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."), 401, "UNAUTHENTICATED");

    /// <summary>The policy does not know the user, or no longer allows it.</summary>
    internal static Refusal UserRefused { get; } = new(LiveClose.PermissionDenied, 403, "PERMISSION_DENIED");

    /// <summary>A page of another site may have sent the request, with a cookie of the user.</summary>
    internal static Refusal ForeignOrigin { get; } = new(new LiveClose(1008, "This origin is not allowed."), 403, "PERMISSION_DENIED");

    internal static Refusal Quota(TimeSpan? retryAfter) => new(LiveClose.QuotaExceeded, 429, "RESOURCE_EXHAUSTED", retryAfter);

    internal static Refusal Unavailable(TimeSpan? retryAfter) => new(LiveClose.Unavailable, 503, "UNAVAILABLE", retryAfter);
}
