using Microsoft.Extensions.Options;

namespace Parley.Server.PostgreSql.Database;

/// <summary>Health of the database. A server that cannot reach it is not ready, unless it admits sessions all the same.</summary>
internal sealed class PostgresPart(PostgresDatabase database, IOptions<LiveApiOptions> options) : ILiveHealthPart
{
    public string Name => "storage";

    public string State => database.IsAway ? $"{database.Name} cannot be reached" : database.Name;

    public bool IsReady => !database.IsAway || options.Value.Sessions.AdmitWithoutStorage;
}
