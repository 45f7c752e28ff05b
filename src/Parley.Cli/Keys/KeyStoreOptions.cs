using System.CommandLine;
using Parley.Cli.Admin;
using Parley.Cli.Hosting;

namespace Parley.Cli.Keys;

/// <summary>The options that say whose keys are meant: a data folder, a PostgreSQL database, or a running server.</summary>
internal sealed class KeyStoreOptions(ToolEnvironment environment)
{
    private readonly AdminOptions _admin = new(environment, isRequired: false);
    private readonly Option<string?> _postgres = new("--postgres")
    {
        Description =
            $"PostgreSQL database of the servers, instead of a data folder. Default: ${PostgresHost.Variable}, which is better, because other users can "
            + "read a command line",
        HelpName = "CONNECTION",
    };

    internal void AddTo(Command command)
    {
        _admin.AddTo(command);
        command.Options.Add(_postgres);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_postgres) is not null && (result.GetResult(_admin.Url) ?? result.GetResult(_admin.Data)) is { } other)
                result.AddError($"--postgres and {other.Option.Name} both say where the keys are. Give one of them.");
        });
    }

    /// <summary>The data folder, if the keys are in one.</summary>
    internal string? Folder(ParseResult parsed) => _admin.IsUsed(parsed) || Connection(parsed) is not null ? null : _admin.Folder(parsed);

    /// <summary>Opens the store; null if it is a data folder that does not exist and may not be created.</summary>
    internal IKeyStore? Open(ParseResult parsed, bool mayCreate)
    {
        if (_admin.IsUsed(parsed))
            return new AdminKeys(_admin.Client(parsed));
        return Connection(parsed) is { } connection
            ? PostgresKeys.Open(connection, environment.TimeProvider)
            : FolderKeys.Open(_admin.Folder(parsed), mayCreate, environment.TimeProvider);
    }

    // An option takes precedence over the variable.
    private string? Connection(ParseResult parsed) =>
        parsed.GetValue(_postgres) ?? (parsed.GetResult(_admin.Data) is null ? environment.Variable(PostgresHost.Variable) : null);
}
