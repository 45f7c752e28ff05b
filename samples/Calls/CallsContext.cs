using Microsoft.EntityFrameworkCore;

/// <summary>The database of calls.</summary>
internal sealed class CallsContext(DbContextOptions<CallsContext> options) : DbContext(options)
{
    public DbSet<Call> Calls => Set<Call>();

    public DbSet<Line> Lines => Set<Line>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Line>().HasIndex(static line => new { line.CallId, line.Time });
}

/// <summary>One session.</summary>
internal sealed class Call
{
    public required string Id { get; init; }

    public required string KeyId { get; init; }

    public required string Model { get; init; }

    public required DateTime Started { get; init; }

    /// <summary>Null while a client is connected.</summary>
    public DateTime? Ended { get; set; }

    public int? CloseCode { get; set; }

    public int Turns { get; set; }

    public int Interruptions { get; set; }

    public long Tokens { get; set; }

    public decimal Cost { get; set; }
}

/// <summary>Something that was said or done in a call. Its key is the id of the event, so that it is stored once.</summary>
internal sealed class Line
{
    public required string Id { get; init; }

    public required string CallId { get; init; }

    public required DateTime Time { get; init; }

    /// <summary><c>user</c>, <c>model</c> or the name of a function.</summary>
    public required string Speaker { get; init; }

    public required string Text { get; init; }
}
