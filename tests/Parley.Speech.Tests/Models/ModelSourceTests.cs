using System.Text;
using Parley.Speech.Models;

namespace Parley.Speech.Tests.Models;

public sealed class ModelSourceTests : IAsyncDisposable
{
    private static readonly CatalogModel Voice = new()
    {
        Name = "piper-a",
        Engine = "piper",
        Title = "Piper a",
        License = "MIT",
        Languages = ["en"],
        Files =
        [
            new() { Name = "a.onnx", Address = new Uri("https://hub.example/x/resolve/a.onnx"), Bytes = 3 },
            new() { Name = "a.onnx.json", Address = new Uri("https://hub.example/x/resolve/a.onnx.json"), Bytes = 2 },
        ],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("parley-models-").FullName;
    private readonly ModelServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task File_brings_the_files_beside_it_and_may_have_any_name()
    {
        Write("download/voice (1).onnx", "abc");
        Write("download/a.onnx.json", "{}");

        var installed = await InstallAsync(Path.Combine(_folder, "download", "voice (1).onnx"));

        Assert.Equal("abc", await File.ReadAllTextAsync(installed.Path, Token));
        Assert.Equal("a.onnx", Path.GetFileName(installed.Path));
        Assert.Equal("{}", await File.ReadAllTextAsync(installed.Path + ".json", Token));
    }

    [Theory]
    [InlineData("usb/a.onnx", "usb/a.onnx.json")]
    [InlineData("usb/piper-a/a.onnx", "usb/piper-a/a.onnx.json")]
    public async Task Folder_has_the_files_or_a_folder_of_the_model(string model, string config)
    {
        Write(model, "abc");
        Write(config, "{}");

        Assert.Equal(5, (await InstallAsync(Path.Combine(_folder, "usb"))).Bytes);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("models/", "models")]
    [InlineData("models/piper-a/", "models/")]
    [InlineData("x/resolve/", "")]
    [InlineData("mirror/x/resolve/", "mirror/")]
    [InlineData("any/", "any/a.onnx")]
    public async Task Mirror_has_the_files_the_folders_of_a_store_or_the_paths_of_the_hub(string place, string from)
    {
        _server.Files[place + "a.onnx"] = "abc"u8.ToArray();
        _server.Files[place + "a.onnx.json"] = "{}"u8.ToArray();

        Assert.Equal(5, (await InstallAsync(new Uri(_server.Address, from).AbsoluteUri)).Bytes);
    }

    [Fact]
    public async Task Missing_file_is_reported_with_the_places_where_it_was_looked_for()
    {
        Write("usb/a.onnx", "abc");

        var local = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Path.Combine(_folder, "usb")));
        var remote = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(_server.Address.AbsoluteUri));

        Assert.Contains($"There is no a.onnx.json at {Path.Combine(_folder, "usb", "piper-a", "a.onnx.json")} or ", local.Message, StringComparison.Ordinal);
        Assert.Contains($"There is no a.onnx.json at {_server.Address}piper-a/a.onnx.json or ", remote.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no/such", "no/such does not exist. Give a file, a folder, or a URL")]
    [InlineData("ftp://host/a", "is not a valid source")]
    [InlineData("http://", "is not a valid source")]
    [InlineData("https://user:secret@host/a", "The URL https://host/a must have no user information")]
    [InlineData("https://host/a?token=secret", "The URL https://host/a must have no user information")]
    public void Value_that_is_no_source_is_refused_without_its_secrets(string from, string message)
    {
        var error = Assert.Throws<ModelException>(() => ModelSource.Parse(from));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, Encoding.UTF8.GetBytes(text));
    }

    private async Task<InstalledModel> InstallAsync(string from)
    {
        using var http = new ModelHttp();
        return await new ModelInstaller(new ModelStore(Path.Combine(_folder, "store")), http, new ModelDisk(), new PassingTime())
            .InstallAsync(Voice, ModelSource.Parse(from), static _ => { }, static () => { }, Token);
    }
}
