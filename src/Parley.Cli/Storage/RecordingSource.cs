using System.CommandLine;
using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Parley.Cli.Commands;
using Parley.Cli.Hosting;
using Parley.Recording;
using Parley.Server;
using Parley.Server.PostgreSql;
using Parley.Server.Storage;

namespace Parley.Cli.Storage;

/// <summary>The folder of records that a command means, and the keys that they are encrypted with.</summary>
internal sealed class RecordingSource(ToolEnvironment environment)
{
    private readonly Option<string?> _data = Files.Folder(
        "--data", "Data folder of the server, with its keys, if the records are encrypted. Default: $PARLEY_DATA, else parley in $XDG_STATE_HOME or ~/.local/state");

    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description = $"PostgreSQL database of the servers, with their keys, instead of a data folder. Default: ${PostgresHost.Variable}",
        HelpName = "CONNECTION",
    };

    internal Argument<string> Folder { get; } = new("folder") { Description = "Folder of the records", HelpName = "FOLDER" };

    internal void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_postgres);
    }

    /// <exception cref="CommandException">The folder or the keys cannot be opened.</exception>
    internal async Task<OpenRecordings> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = parsed.GetValue(Folder)!;
        if (!Directory.Exists(folder))
            throw new CommandException($"There is no folder {folder}.", ExitCodes.Failure);
        try
        {
            var (protection, owner) = await KeysAsync(parsed, cancellationToken);
            return new OpenRecordings(new LiveRecordings(folder, protection), owner);
        }
        catch (Exception e) when (e is InvalidOperationException or DbException or StorageException || Files.IsFileError(e))
        {
            throw new CommandException($"The keys of the records cannot be opened: {e.Message}", ExitCodes.Failure);
        }
    }

    private async Task<(IDataProtectionProvider? Protection, IDisposable? Owner)> KeysAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if ((parsed.GetValue(_postgres) ?? (parsed.GetResult(_data) is null ? environment.Variable(PostgresHost.Variable) : null)) is { } connection)
            return await PostgresAsync(connection, cancellationToken);
        var data = parsed.GetValue(_data) ?? DataFolder.Default(environment);
        if (!Directory.Exists(data))
            return parsed.GetValue(_data) is null ? default : throw new CommandException($"There is no data folder {data}.", ExitCodes.Failure);
        var database = new LiveDatabase(data);
        return (new StoredSecrets(database).Protection, database);
    }

    private async Task<(IDataProtectionProvider? Protection, IDisposable? Owner)> PostgresAsync(string connection, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(environment.TimeProvider);
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        services.AddLiveApi().UsePostgres(connection);
        var provider = services.BuildServiceProvider();
        try
        {
            var secrets = provider.GetRequiredService<ISecretStore>();
            await secrets.GetKeyAsync("handles", cancellationToken);
            return (secrets.Protection, provider);
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }
}

/// <summary>Records, with what their keys need.</summary>
internal sealed record OpenRecordings(LiveRecordings Recordings, IDisposable? Owner) : IDisposable
{
    public void Dispose() => Owner?.Dispose();
}
