namespace Parley.Server.PostgreSql.Database;

/// <summary>Health of the database.</summary>
internal sealed class PostgresPart(PostgresDatabase database) : ILiveHealthPart
{
    public string Name => "storage";

    public string State => database.IsAway ? $"{database.Name} cannot be reached" : database.Name;

    public bool IsReady => !database.IsAway;
}
