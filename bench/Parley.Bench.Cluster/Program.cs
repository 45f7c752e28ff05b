using System.CommandLine;
using System.Globalization;
using Parley.Bench.Cluster;

var connection = new Option<string>("--postgres") { Description = "Connection string of a PostgreSQL 15 server whose processes run on this machine; schemas are created in it and dropped", Required = true };
var rounds = new Option<int>("--rounds") { Description = "Rounds of each measurement", DefaultValueFactory = static _ => 5 };
var sessions = new Option<int>("--sessions") { Description = "Sessions of a round", DefaultValueFactory = static _ => 400 };

return await new RootCommand("What stores shared by many servers cost")
{
    Create("latency", "Setup, end of a turn and resumption of one session at a time, in memory, on SQLite and on PostgreSQL", Latency.RunAsync),
    Create("checkpoints", "Checkpoints per second and CPU of each, at full speed", Checkpoints.RunAsync),
    Create("size", "Size of the database and its log per 1,000 sessions", Sizes.RunAsync),
    Create("nodes", "Cost of a session's life with one, two and three nodes, and a projection to 100,000 sessions", NodeGrowth.RunAsync),
}.Parse(args).InvokeAsync();

Command Create(string name, string description, Func<Database, BenchOptions, CancellationToken, Task> run)
{
    var command = new Command(name, description) { connection, rounds, sessions };
    command.SetAction(async (arguments, token) =>
    {
        await using var database = await Database.OpenAsync(arguments.GetValue(connection)!, token);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Load average at the start: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
        Console.WriteLine();
        await run(database, new BenchOptions(arguments.GetValue(rounds), arguments.GetValue(sessions)), token);
    });
    return command;
}
