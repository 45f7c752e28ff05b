using System.Security.Cryptography;

namespace Parley.Cli.Storage;

/// <summary>Where this user's server keeps its data, and the secret of its admin API in it.</summary>
internal static class DataFolder
{
    private const string SecretFile = "admin.secret";

    /// <summary><c>$PARLEY_DATA</c>, else <c>parley</c> in <c>$XDG_STATE_HOME</c>, else in <c>~/.local/state</c>.</summary>
    internal static string Default
    {
        get
        {
            if (Environment.GetEnvironmentVariable("PARLEY_DATA") is { Length: > 0 } folder)
                return folder;
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } given
                ? given
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
            return Path.Combine(state, "parley");
        }
    }

    internal static string AdminSecretFile(string folder) => Path.Combine(Path.GetFullPath(folder), SecretFile);

    /// <summary>The secret of the folder, made at the first time; only this user can read it.</summary>
    internal static string AdminSecret(string folder)
    {
        var path = AdminSecretFile(folder);
        if (File.Exists(path))
            return File.ReadAllText(path).Trim();
        Directory.CreateDirectory(folder);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(path, options))
            writer.WriteLine(secret);
        return secret;
    }
}
