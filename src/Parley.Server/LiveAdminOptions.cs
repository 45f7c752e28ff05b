namespace Parley.Server;

/// <summary>The admin API. Section <c>Live:Admin</c>.</summary>
public sealed class LiveAdminOptions
{
    /// <summary>Secret of the admin API, at least 16 characters, sent as <c>Authorization: Bearer</c>; null = the admin API is off.</summary>
    public string? Secret { get; set; }

    /// <summary>The port on which alone the admin API is answered; null = wherever the application listens.</summary>
    public int? Port { get; set; }
}
