using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Storage;

/// <summary>A data folder that cannot be used stops the start of an application with one sentence.</summary>
public sealed class UnusableFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("database of noise", "cannot be used")]
    [InlineData("database is a folder", "cannot be used")]
    [InlineData("lock is a folder", "cannot be used")]
    [InlineData("ring of noise", "key ring")]
    [InlineData("empty ring", "key ring")]
    [InlineData("ring of another folder", "cannot decrypt")]
    [InlineData("ring is a file", "key ring")]
    [InlineData("folder is a file", "cannot be created")]
    public async Task Unusable_folder_is_explained(string how, string expected)
    {
        var data = Path.Combine(_folder.Path, "data");
        await using (await LiveTestHost.StartAsync(new EchoModel(), dataFolder: data))
        {
        }
        Damage(data, how);

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => LiveTestHost.StartAsync(new EchoModel(), dataFolder: data));

        Assert.True(refused is InvalidOperationException or IOException, refused.ToString());
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains(data, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static void Damage(string data, string how)
    {
        var (database, ring, serverLock) = (Path.Combine(data, "parley.db"), Path.Combine(data, "keys"), Path.Combine(data, "server.lock"));
        switch (how)
        {
            case "database of noise":
                File.WriteAllText(database, new string('x', 5_000));
                break;
            case "database is a folder":
                foreach (var file in Directory.GetFiles(data, "parley.db*"))
                    File.Delete(file);
                Directory.CreateDirectory(database);
                break;
            case "lock is a folder":
                File.Delete(serverLock);
                Directory.CreateDirectory(serverLock);
                break;
            case "ring of noise" or "empty ring":
                foreach (var key in Directory.GetFiles(ring))
                    File.WriteAllText(key, how == "empty ring" ? "" : "noise");
                break;
            case "ring of another folder":
                Directory.Delete(ring, recursive: true);
                break;
            case "ring is a file":
                Directory.Delete(ring, recursive: true);
                File.WriteAllText(ring, "");
                break;
            case "folder is a file":
                Directory.Delete(data, recursive: true);
                File.WriteAllText(data, "");
                break;
        }
    }
}
