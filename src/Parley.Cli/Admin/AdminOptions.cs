using System.CommandLine;
using Parley.Cli.Commands;
using Parley.Cli.Output;
using Parley.Cli.Storage;

namespace Parley.Cli.Admin;

/// <summary>The options that name the admin API of a running server, and its secret.</summary>
internal sealed class AdminOptions(ToolEnvironment environment, bool isRequired)
{
    private const string SecretVariable = "PARLEY_ADMIN_SECRET";
    private const string DefaultFolder = "Default: $PARLEY_DATA, else parley in $XDG_STATE_HOME or ~/.local/state";

    private readonly Option<string?> _secret = new("--admin-secret")
    {
        Description = $"Secret of the admin API. Default: ${SecretVariable}, else admin.secret in the data folder",
        HelpName = "SECRET",
    };

    internal Option<string?> Url { get; } = new("--url")
    {
        Description = "Admin API of a running server, as serve --admin-port prints it" + (isRequired ? "" : ", instead of a data folder"),
        HelpName = "URL",
    };

    internal Option<string?> Data { get; } = Files.Folder(
        "--data", isRequired ? $"Data folder of the server, with its secret. {DefaultFolder}" : $"Data folder of the server. {DefaultFolder}");

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[Url, _secret, Data])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Url) is { Length: > 0 } url && !ServerOptions.TryParse(url, out _))
                result.AddError(ServerOptions.NotAUrl("--url", url));
            if (result.GetResult(Url) is not null)
                return;
            if (isRequired)
                result.AddError("--url is missing. Give the admin API of a server, as serve --admin-port prints it.");
            else if (result.GetValue(_secret) is not null)
                result.AddError("--admin-secret is for --url. Give the address of the admin API.");
        });
    }

    /// <summary>Whether a running server is meant.</summary>
    internal bool IsUsed(ParseResult parsed) => parsed.GetValue(Url) is not null;

    /// <summary>The data folder: given, or the default one.</summary>
    internal string Folder(ParseResult parsed) => parsed.GetValue(Data) ?? DataFolder.Default(environment);

    internal AdminClient Client(ParseResult parsed) =>
        ServerOptions.TryParse(parsed.GetValue(Url) ?? "", out var server)
            ? new AdminClient(server, Secret(parsed), environment)
            : throw new CommandException(ServerOptions.NotAUrl("--url", parsed.GetValue(Url) ?? ""), ExitCodes.Usage);

    /// <summary>Notes that a list is not complete.</summary>
    internal static void ReportPartial(IReport report, bool? isPartial)
    {
        if (isPartial is true)
            report.Note("The server cannot read its database: only what it knows itself is listed.");
    }

    private string Secret(ParseResult parsed)
    {
        if ((parsed.GetValue(_secret) ?? environment.Variable(SecretVariable)) is { } given)
            return Valid(given);
        var file = DataFolder.AdminSecretFile(Folder(parsed));
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
