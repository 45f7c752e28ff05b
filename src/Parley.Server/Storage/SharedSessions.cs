using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Server.Storage;

/// <summary>
/// Exports of sessions that users of the console share by a link: one file each in the folder <c>shares</c> of the data folder, readable by this user only.
/// The name of a file says everything about it: a random id, which is the secret of the link, and the key that it was uploaded with. Times are those of the files.
/// </summary>
/// <param name="folder">The data folder; null = nothing can be shared.</param>
internal sealed partial class SharedSessions(string? folder)
{
    private const string FolderName = "shares", Extension = ".zip";

    private readonly string? _folder = folder is null ? null : Path.Combine(folder, FolderName);
    private readonly Lock _adding = new();

    internal bool IsAvailable => _folder is not null;

    /// <summary>All of them, newest first.</summary>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    internal IReadOnlyList<SharedSession> List()
    {
        if (_folder is null || !Directory.Exists(_folder))
            return [];
        return Guarded(() =>
        {
            var shares = new List<SharedSession>();
            foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*" + Extension))
            {
                if (NamePattern().Match(file.Name) is { Success: true } name)
                    shares.Add(new SharedSession(name.Groups[1].Value, name.Groups[2].Value, file.Length, file.LastWriteTimeUtc, file.FullName));
            }
            shares.Sort(static (one, other) => other.Created.CompareTo(one.Created));
            return shares;
        });
    }

    /// <summary>Finds one by its id; null if there is none.</summary>
    internal SharedSession? Find(string id) => List().FirstOrDefault(share => share.Id == id);

    /// <summary>Finds one by its <see cref="SharedSession.ShortId"/>; null if there is none.</summary>
    internal SharedSession? FindShort(string shortId) => List().FirstOrDefault(share => share.ShortId == shortId);

    /// <summary>Stores an export.</summary>
    /// <param name="content">The file.</param>
    /// <param name="keyId">The key of its owner.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxTotalBytes">Most bytes of all of them together.</param>
    /// <returns>The new share; null if it does not fit.</returns>
    internal SharedSession? Add(ReadOnlySpan<byte> content, string keyId, DateTimeOffset now, long maxTotalBytes)
    {
        // One at a time, so that together they fit.
        lock (_adding)
        {
            try
            {
                PrivateFiles.CreateFolder("folder of shared sessions", _folder!, "*" + Extension);
                if (List().Sum(static share => share.Bytes) + content.Length > maxTotalBytes)
                    return null;
                var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
                var path = Path.Combine(_folder!, $"{id}.{Unusual().Replace(keyId, "")}{Extension}");
                PrivateFiles.Write(path, content);
                File.SetLastWriteTimeUtc(path, now.UtcDateTime);
                return new SharedSession(id, keyId, content.Length, now, path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unusable(e);
            }
        }
    }

    /// <summary>Deletes one.</summary>
    internal static void Delete(SharedSession share) => Guarded(() =>
    {
        File.Delete(share.Path);
        return true;
    });

    /// <summary>Deletes those that were uploaded until a time.</summary>
    internal void DeleteUntil(DateTimeOffset time)
    {
        foreach (var share in List())
        {
            if (share.Created <= time)
                Delete(share);
        }
    }

    /// <summary>What the owner of a share needs to delete it: derived from its id, so that it is stored nowhere.</summary>
    internal static string SecretOf(string id, ReadOnlySpan<byte> key) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(id)));

    private static T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(e);
        }
    }

    private static StorageException Unusable(Exception e) => new($"The folder of shared sessions cannot be used: {e.Message}", e);

    [GeneratedRegex(@"\A([A-Za-z0-9_-]{32})\.([A-Za-z0-9_-]+)\.zip\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex Unusual();
}

/// <summary>A shared export.</summary>
/// <param name="Id">Its id.</param>
/// <param name="KeyId">The key that it was uploaded with.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Created">When it was uploaded.</param>
/// <param name="Path">The file.</param>
internal sealed record SharedSession(string Id, string KeyId, long Bytes, DateTimeOffset Created, string Path)
{
    /// <summary>The beginning of the id: names the share for operators, and does not open it.</summary>
    internal string ShortId => Id[..12];
}
