using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Storage;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Storage;

/// <summary>Only the user of the server can read what it stores, whatever was there before.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PrivateFilesTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;
    private const UnixFileMode Shared = (UnixFileMode)0b110_110_100;
    private const UnixFileMode SharedFolder = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    private readonly TempFolder _folder = new();

    public PrivateFilesTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_in_a_new_data_folder_is_private()
    {
        var data = Path.Combine(_folder.Path, "a", "data");
        await UseAsync(data);

        AssertPrivate(data);
    }

    [Fact]
    public async Task Existing_data_folder_becomes_private()
    {
        var data = Path.Combine(_folder.Path, "data");
        await UseAsync(data);
        foreach (var entry in Entries(data))
            File.SetUnixFileMode(entry, Directory.Exists(entry) ? SharedFolder : Shared);
        File.WriteAllText(Path.Combine(data, "parley.db-wal"), "");
        await UseAsync(data);

        AssertPrivate(data);
    }

    [Fact]
    public async Task Empty_existing_folder_becomes_private()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.Path, "data"), SharedFolder).FullName;
        await UseAsync(data);

        AssertPrivate(data);
    }

    [Fact]
    public void Folder_with_other_files_that_others_can_read_is_refused_and_unchanged()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "home"), SharedFolder).FullName;
        File.SetUnixFileMode(folder, SharedFolder);
        File.WriteAllText(Path.Combine(folder, "letter.txt"), "");

        var refused = Assert.Throws<IOException>(() => PrivateFiles.CreateFolder("data folder", folder, "parley.db"));

        Assert.Contains("Give a folder of its own", refused.Message, StringComparison.Ordinal);
        Assert.Equal(SharedFolder, File.GetUnixFileMode(folder));
    }

    [Fact]
    public void Shared_temporary_folder_is_refused()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "tmp")).FullName;
        File.SetUnixFileMode(folder, Permissions | UnixFileMode.StickyBit);

        Assert.Throws<IOException>(() => PrivateFiles.CreateFolder("data folder", folder));
    }

    [Theory]
    [InlineData(FileMode.Create)]
    [InlineData(FileMode.CreateNew)]
    [InlineData(FileMode.OpenOrCreate)]
    [InlineData(FileMode.Append)]
    public void File_is_private_from_its_creation_on(FileMode mode)
    {
        var path = Path.Combine(_folder.Path, "file");
        using (PrivateFiles.Open(path, mode))
            Assert.Equal(Private, File.GetUnixFileMode(path));
        if (mode == FileMode.CreateNew)
            return;
        File.SetUnixFileMode(path, Shared);

        using (PrivateFiles.Open(path, mode))
            Assert.Equal(Private, File.GetUnixFileMode(path));
    }

    private static async Task UseAsync(string data)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), dataFolder: data);
        await host.Services.GetRequiredService<LiveKeys>().CreateAsync("site");
        AssertPrivate(data);
    }

    private static IEnumerable<string> Entries(string folder) => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Append(folder);

    private static void AssertPrivate(string folder)
    {
        Assert.Contains(Entries(folder), static entry => entry.EndsWith("parley.db", StringComparison.Ordinal));
        Assert.All(Entries(folder), static entry => Assert.Equal(Directory.Exists(entry) ? PrivateFolder : Private, File.GetUnixFileMode(entry) & Permissions));
    }
}
