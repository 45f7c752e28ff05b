namespace Parley.Server;

/// <summary>Options of the browser console. Section <c>Live:Console</c>.</summary>
public sealed class LiveConsoleOptions
{
    /// <summary>The folder with the built console; default <c>console</c> in the folder of the application.</summary>
    public string Folder { get; set; } = Path.Combine(AppContext.BaseDirectory, "console");

    /// <summary>Lifetime of a console login; default 12 hours. The key is checked again for every session.</summary>
    public TimeSpan LoginLifetime { get; set; } = TimeSpan.FromHours(12);
}
