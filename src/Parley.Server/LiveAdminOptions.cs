namespace Parley.Server;

/// <summary>Options of the admin API. Section <c>Live:Admin</c>.</summary>
public sealed class LiveAdminOptions
{
    /// <summary>Secret of the admin API, at least 16 characters, sent as <c>Authorization: Bearer</c>; null = the admin API is off.</summary>
    public string? Secret { get; set; }

    /// <summary>The only port on which the admin API answers; null = all ports of the application.</summary>
    public int? Port { get; set; }

    /// <summary>
    /// Lets operators open running sessions and see and hear everything that is said, in both directions. The people who talk are not told by the server: tell
    /// them. Each opening and its end are in the audit log. Default false.
    /// </summary>
    public bool AllowWatching { get; set; }
}
