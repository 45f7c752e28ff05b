using System.Security.Cryptography;

namespace Parley.Cli.Storage;

/// <summary>The data folder of a server, and the admin secret in it.</summary>
internal static class DataFolder
{
    private const string SecretFile = "admin.secret";

    /// <summary><c>$PARLEY_DATA</c>, else <c>parley</c> in <c>$XDG_STATE_HOME</c>, else in <c>~/.local/state</c>.</summary>
    internal static string Default(ToolEnvironment environment)
    {
        if (environment.Variable("PARLEY_DATA") is { } folder)
            return folder;
        var home = environment.Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(environment.Variable("XDG_STATE_HOME") ?? Path.Combine(home, ".local", "state"), "parley");
    }

    /// <summary>Creates the folder if it does not exist, readable by this user only.</summary>
    /// <exception cref="CommandException">The folder cannot be created.</exception>
    internal static void Create(string folder)
    {
        try
        {
            PrivateFiles.CreateFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandException($"The data folder {folder} cannot be created: {e.Message} Give another --data.", ExitCodes.Usage);
        }
    }

    internal static string AdminSecretFile(string folder) => Path.Combine(Path.GetFullPath(folder), SecretFile);

    /// <summary>The admin secret of the folder, created on first use; readable by this user only.</summary>
    internal static string AdminSecret(string folder)
    {
        var path = AdminSecretFile(folder);
        if (File.Exists(path))
            return File.ReadAllText(path).Trim();
        Create(folder);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(path, options))
            writer.WriteLine(secret);
        return secret;
    }
}
