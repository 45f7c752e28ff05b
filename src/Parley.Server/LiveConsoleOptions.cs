namespace Parley.Server;

/// <summary>Options of the browser console. Section <c>Live:Console</c>.</summary>
public sealed class LiveConsoleOptions
{
    /// <summary>The folder with the built console; default <c>console</c> in the folder of the application.</summary>
    public string Folder { get; set; } = Path.Combine(AppContext.BaseDirectory, "console");

    /// <summary>Lifetime of a console login; default 12 hours. The key is checked again for every session.</summary>
    public TimeSpan LoginLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// How long a session that a user shares by a link is kept in the data folder; 0 = sessions cannot be shared. Needs <c>UseDataFolder</c>. Everybody who has the
    /// link can read what was said. Default 7 days, at most 366.
    /// </summary>
    public TimeSpan ShareLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Largest shared session. Default 32 MiB.</summary>
    public int MaxShareBytes { get; set; } = 32 << 20;

    /// <summary>All shared sessions together; beyond it none is accepted until one expires or is deleted. Default 1 GiB.</summary>
    public long MaxSharesBytes { get; set; } = 1L << 30;
}
