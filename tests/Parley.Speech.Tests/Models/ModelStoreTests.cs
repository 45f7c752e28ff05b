using System.Text;
using Parley.Speech.Models;

namespace Parley.Speech.Tests.Models;

public sealed class ModelStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parley-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Store_resolves_an_installed_model_by_its_name_and_its_alias_to_its_main_file()
    {
        var file = Install("piper-a-medium", "piper", ("a.onnx", 3), ("a.onnx.json", 2));
        var store = Store();

        Assert.Equal(file, store.Resolve("piper-a-medium", "piper"));
        Assert.Equal(file, store.Resolve("Piper-A", "piper"));
        Assert.Equal([new("piper-a-medium", "piper", file, 5)], store.Installed);
    }

    [Fact]
    public void Store_returns_the_full_path_of_an_existing_file()
    {
        var file = Path.Combine(_folder, "own.gguf");
        File.WriteAllText(file, "GGUF");

        Assert.Equal(file, Store().Resolve(Path.Combine(_folder, ".", "own.gguf"), "gguf"));
    }

    [Theory]
    [InlineData("whisper-b", "whisper", "Model whisper-b is not installed. Install it: parley models get whisper-b.")]
    [InlineData("piper-a", "whisper", "Model piper-a-medium is for piper, and one for whisper is needed.")]
    [InlineData("whisper-bb", "whisper", "There is no model \"whisper-bb\". Did you mean whisper-b?")]
    [InlineData("medium", "piper", "There is no model \"medium\". Did you mean piper-a-medium?")]
    [InlineData("qwertz", "whisper", "There is no model \"qwertz\". All names: parley models available.")]
    [InlineData("./no/such.bin", "whisper", "The file ./no/such.bin does not exist.")]
    [InlineData("../whisper-b", "whisper", "The file ../whisper-b does not exist.")]
    public void Store_says_what_to_do_about_a_model_that_it_does_not_have(string name, string engine, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidOperationException>(() => Store().Resolve(name, engine)).Message, StringComparison.Ordinal);

    [Fact]
    public void Store_does_not_count_a_model_whose_file_is_missing_or_of_another_size()
    {
        File.Delete(Install("whisper-b", "whisper", ("b.bin", 3)));
        File.WriteAllText(Install("piper-a-medium", "piper", ("a.onnx", 3)), "longer");

        Assert.Empty(Store().Installed);
    }

    [Fact]
    public void Store_ignores_a_manifest_that_names_a_file_outside_its_folder()
    {
        Install("whisper-b", "whisper", ("b.bin", 3));
        File.WriteAllText(
            Path.Combine(_folder, "whisper-b", "model.json"),
            """{"name":"whisper-b","engine":"whisper","files":[{"name":"../whisper-b/b.bin","bytes":3,"sha256":""}]}""");

        Assert.Empty(Store().Installed);
    }

    [Fact]
    public void Store_without_a_folder_has_no_models() => Assert.Empty(new ModelStore(Path.Combine(_folder, "none")).Installed);

    [Fact]
    public void Catalogue_of_the_package_is_valid() => Assert.NotNull(ModelCatalog.Default.Find("whisper-base.en"));

    [Theory]
    [InlineData("""[{"name":"../a","engine":"gguf","title":"","license":"","languages":[],"files":[{"name":"a","address":"https://h/a"}]}]""", "is no name")]
    [InlineData("""[{"name":"nul.x","engine":"gguf","title":"","license":"","languages":[],"files":[{"name":"aa","address":"https://h/a"}]}]""", "is no name")]
    [InlineData("""[{"name":"aa","engine":"gguf","title":"","license":"","languages":[],"files":[{"name":"a/b","address":"https://h/a"}]}]""", "is no name of a file")]
    [InlineData("""[{"name":"aa","engine":"gguf","title":"","license":"","languages":[],"files":[{"name":"..","address":"https://h/a"}]}]""", "is no name of a file")]
    [InlineData("""[{"name":"aa","engine":"gguf","title":"","license":"","languages":[],"files":[{"name":"ab","address":"file:///etc/passwd"}]}]""", "no http or https URL")]
    [InlineData("""[{"name":"aa","engine":"gguf","title":"","license":"","languages":[],"files":[{"name":"ab","address":"https://h/a","checksum":"crc:1"}]}]""", "checksum")]
    [InlineData("""[{"name":"aa","engine":"gguf","title":"","license":"","languages":[],"files":[]}]""", "no files")]
    [InlineData("""[{"name":"aa","engine":"what","title":"","license":"","languages":[],"files":[]}]""", "engine \"what\" is unknown")]
    [InlineData("[{", "not valid")]
    public void Catalogue_with_an_error_is_refused_with_its_reason(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static ModelCatalog Read(string json) => ModelCatalog.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));

    private ModelStore Store() => new(_folder, Read(
        """
        [
          {"name":"whisper-b","engine":"whisper","title":"","license":"","languages":[],"files":[{"name":"b.bin","address":"https://h/b"}]},
          {"name":"piper-a-medium","aliases":["piper-a"],"engine":"piper","title":"","license":"","languages":[],
           "files":[{"name":"a.onnx","address":"https://h/a"},{"name":"a.onnx.json","address":"https://h/j"}]}
        ]
        """));

    private string Install(string name, string engine, params (string Name, int Bytes)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        foreach (var file in files)
            File.WriteAllBytes(Path.Combine(folder, file.Name), new byte[file.Bytes]);
        var rows = string.Join(',', files.Select(static file => $$"""{"name":"{{file.Name}}","bytes":{{file.Bytes}},"sha256":""}"""));
        File.WriteAllText(Path.Combine(folder, "model.json"), $$"""{"name":"{{name}}","engine":"{{engine}}","files":[{{rows}}]}""");
        return Path.Combine(folder, files[0].Name);
    }
}
