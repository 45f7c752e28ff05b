using System.Security.Cryptography;
using Parley.Server.Storage;

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
            PrivateFiles.CreateFolder("data folder", folder, "parley.db", "keys", "server.lock", SecretFile);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
    }

    internal static string AdminSecretFile(string folder) => Path.Combine(Path.GetFullPath(folder), SecretFile);

    /// <summary>The admin secret of the folder, created on first use; readable by this user only.</summary>
    /// <exception cref="CommandException">It cannot be read or created.</exception>
    internal static string AdminSecret(string folder)
    {
        var path = AdminSecretFile(folder);
        Create(folder);
        try
        {
            PrivateFiles.Tighten(path);
            // A server that ended while it wrote leaves an empty file.
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known)
                return known;
            var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            using var writer = new StreamWriter(PrivateFiles.Create(path));
            writer.WriteLine(secret);
            return secret;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The admin secret {path} cannot be read or written: {e.Message} Repair it, or give another --data.", ExitCodes.Usage);
        }
    }
}
