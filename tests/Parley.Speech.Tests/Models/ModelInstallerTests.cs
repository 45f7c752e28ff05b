using System.Security.Cryptography;
using Parley.Speech.Models;

namespace Parley.Speech.Tests.Models;

public sealed class ModelInstallerTests : ModelInstallation
{
    [Fact]
    public async Task Model_is_installed_with_all_its_files_and_their_checksums()
    {
        var installed = await InstallAsync(Model());

        Assert.Equal(new InstalledModel("model", "piper", Main, Weights.Length + Config.Length), installed);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
        Assert.Equal([installed], Store.Installed);
        var manifest = await File.ReadAllTextAsync(Path.Combine(Folder, "model", "model.json"), Token);
        Assert.Contains(Hex(SHA256.HashData(Weights)), manifest, StringComparison.Ordinal);
        Assert.Equal(new("weights.bin", Weights.Length, Weights.Length), Progress.Last(static step => step.File == "weights.bin"));
        var files = Directory.GetFiles(Path.Combine(Folder, "model")).Select(Path.GetFileName);
        Assert.Equal(["config.json", "model.json", "weights.bin"], files.Order());
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sha1")]
    [InlineData("md5")]
    public async Task Checksum_of_each_algorithm_is_verified(string algorithm)
    {
        await InstallAsync(Model(checksum: Checksum(algorithm, Weights)));
        await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model("other", checksum: Checksum(algorithm, Config))));

        Assert.Equal(["model"], Store.Installed.Select(static model => model.Name));
    }

    [Fact]
    public async Task File_without_known_size_and_checksum_is_recorded_and_must_stay_the_same()
    {
        await InstallAsync(Model(checksum: null, bytes: null));
        await File.WriteAllTextAsync(Main, "changed", Token);
        Server.Files["m/weights.bin"] = RandomBytes(400_000, seed: 2);

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model(checksum: null, bytes: null)));

        Assert.Contains("SHA256 checksum", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_disk_is_reported_and_the_part_is_continued_when_there_is_space()
    {
        Disk = new SmallDisk(250_000);
        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));
        Assert.StartsWith("The disk is full. 0.", error.Message, StringComparison.Ordinal);
        Assert.Contains("the same command", error.Message, StringComparison.Ordinal);
        Assert.True(new FileInfo(Part).Length > 0);

        Disk = new();
        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
    }

    [Fact]
    public async Task Model_without_enough_space_is_not_begun()
    {
        Disk = new SmallDisk(250_000) { Free = 60_000_000 };

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("model needs 67.5 MB of disk space, and 60 MB are free", error.Message, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Two_installations_at_once_download_a_model_once()
    {
        var waited = 0;
        var first = Installer().InstallAsync(Model(), ModelSource.Catalog, static _ => { }, () => Interlocked.Increment(ref waited), Token);
        var second = Installer().InstallAsync(Model(), ModelSource.Catalog, static _ => { }, () => Interlocked.Increment(ref waited), Token);

        Assert.Equal(await first, await second);
        Assert.Equal(2, Server.Requests.Count);
        Assert.InRange(waited, 0, 1);
    }

    [Fact]
    public async Task Installed_model_is_verified_and_only_a_changed_file_is_downloaded_again()
    {
        await InstallAsync(Model());
        await InstallAsync(Model());
        Assert.Equal(2, Server.Requests.Count);
        await using (var file = File.OpenWrite(Main))
            file.Write("bit rot"u8);
        Assert.Equal(["weights.bin"], await Installer().VerifyAsync("model", Token));

        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
        Assert.Empty(await Installer().VerifyAsync("model", Token));
    }

    [Fact]
    public async Task File_that_was_complete_is_kept_when_the_next_one_failed()
    {
        Server.Files.Remove("m/config.json");
        await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));
        Server.Files["m/config.json"] = Config;
        Server.Requests.Clear();

        await InstallAsync(Model());

        Assert.Equal(["m/config.json"], Server.Requests);
    }

    [Fact]
    public async Task Removed_model_is_gone_with_its_part()
    {
        await InstallAsync(Model());
        await File.WriteAllTextAsync(Part, "rest", Token);

        Assert.True(await Installer().RemoveAsync("model", static () => { }, Token) > Weights.Length);

        Assert.Empty(Store.Installed);
        Assert.False(Directory.Exists(Path.Combine(Folder, "model")));
        Assert.Null(await Installer().RemoveAsync("model", static () => { }, Token));
    }

    [Theory]
    [InlineData("../model")]
    [InlineData("/etc")]
    [InlineData(".")]
    [InlineData("a/b")]
    public async Task Name_that_leaves_the_folder_is_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Installer().RemoveAsync(name, static () => { }, Token));

    [Fact]
    public async Task Folder_that_cannot_be_created_is_an_error_with_advice()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "model"), "", Token);

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("PARLEY_MODELS", error.Message, StringComparison.Ordinal);
    }
}
