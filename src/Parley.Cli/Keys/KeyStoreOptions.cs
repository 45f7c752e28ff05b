using System.CommandLine;
using Parley.Cli.Commands;
using Parley.Cli.Storage;

namespace Parley.Cli.Keys;

/// <summary>The options that say whose keys are meant: a data folder, or with <c>--url</c> a running server.</summary>
internal sealed class KeyStoreOptions(ToolEnvironment environment)
{
    private const string SecretVariable = "PARLEY_ADMIN_SECRET";

    private readonly Option<string?> _data = Files.Folder(
        "--data", "Data folder of the server. Default: $PARLEY_DATA, else parley in $XDG_STATE_HOME or ~/.local/state");
    private readonly Option<string?> _url = new("--url")
    {
        Description = "Admin API of a running server, as serve --admin-port prints it, instead of a data folder",
        HelpName = "URL",
    };
    private readonly Option<string?> _secret = new("--admin-secret")
    {
        Description = $"Secret of the admin API. Default: ${SecretVariable}, else admin.secret in the data folder",
        HelpName = "SECRET",
    };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_data, _url, _secret])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_url) is { Length: > 0 } url && !ServerOptions.TryParse(url, out _))
                result.AddError(ServerOptions.NotAUrl("--url", url));
            if (result.GetValue(_secret) is not null && result.GetValue(_url) is null)
                result.AddError("--admin-secret is for --url. Give the address of the admin API.");
        });
    }

    /// <summary>The data folder, if the keys are not those of a running server.</summary>
    internal string? Folder(ParseResult parsed) => parsed.GetValue(_url) is null ? DataOf(parsed) : null;

    /// <summary>Opens the store; null if it is a data folder that does not exist and may not be created.</summary>
    internal IKeyStore? Open(ParseResult parsed, bool mayCreate)
    {
        if (parsed.GetValue(_url) is { } url && ServerOptions.TryParse(url, out var server))
            return new AdminKeys(server, Secret(parsed), environment);
        return FolderKeys.Open(DataOf(parsed), mayCreate, environment.TimeProvider);
    }

    private string DataOf(ParseResult parsed) => parsed.GetValue(_data) ?? DataFolder.Default(environment);

    private string Secret(ParseResult parsed)
    {
        if ((parsed.GetValue(_secret) ?? environment.Variable(SecretVariable)) is { } given)
            return Valid(given);
        var file = DataFolder.AdminSecretFile(DataOf(parsed));
        try
        {
            if (File.Exists(file))
                return Valid(File.ReadAllText(file));
        }
        catch (Exception e) when (Files.IsFileError(e))
        {
            throw new CommandException($"{file} cannot be read: {e.Message}", ExitCodes.Failure);
        }
        throw new CommandException(
            $"The admin API needs a secret. Give it in ${SecretVariable} or with --admin-secret, or give --data with its folder.", ExitCodes.Usage);
    }

    private static string Valid(string secret) => secret.Trim() is { Length: > 0 } text && text.All(static c => c is > ' ' and < (char)127)
        ? text
        : throw new CommandException("The admin secret must be one word of ASCII characters.", ExitCodes.Usage);
}
