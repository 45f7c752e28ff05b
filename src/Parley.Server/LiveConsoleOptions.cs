namespace Parley.Server;

/// <summary>How the browser console is served. Section <c>Live:Console</c>.</summary>
public sealed class LiveConsoleOptions
{
    /// <summary>The folder with the built console; default <c>console</c> beside the application.</summary>
    public string Folder { get; set; } = Path.Combine(AppContext.BaseDirectory, "console");

    /// <summary>How long a browser that gave a key is remembered; default 12 hours. The key is checked again for every session.</summary>
    public TimeSpan LoginLifetime { get; set; } = TimeSpan.FromHours(12);
}
