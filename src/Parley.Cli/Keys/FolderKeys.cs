using System.Data.Common;
using Parley.Cli.Storage;
using Parley.Server;

namespace Parley.Cli.Keys;

/// <summary>The keys in a data folder.</summary>
internal static class FolderKeys
{
    /// <param name="folder">The folder.</param>
    /// <param name="mayCreate">Whether a missing folder is created; otherwise the result is null.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="CommandException">The folder cannot be used.</exception>
    internal static IKeyStore? Open(string folder, bool mayCreate, TimeProvider timeProvider)
    {
        if (!mayCreate && !Directory.Exists(folder) && !File.Exists(folder))
            return null;
        DataFolder.Create(folder);
        try
        {
            var keys = LiveKeys.Open(folder, timeProvider);
            return new DirectKeys(keys, folder, "", timeProvider, keys);
        }
        catch (Exception e) when (e is InvalidOperationException or DbException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The data folder {folder} cannot be used: {e.Message}", ExitCodes.Failure);
        }
    }
}
