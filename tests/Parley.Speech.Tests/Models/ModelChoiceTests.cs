using Parley.Speech.Models;

namespace Parley.Speech.Tests.Models;

public sealed class ModelChoiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parley-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("whisper-tiny.en", 2, 8_000, "whisper-tiny.en")]
    [InlineData("whisper-tiny.en whisper-base.en whisper-small.en", 2, 8_000, "whisper-base.en")]
    [InlineData("whisper-tiny.en whisper-base.en whisper-small.en", 4, 8_000, "whisper-small.en")]
    [InlineData("whisper-base.en whisper-base", 2, 8_000, "whisper-base")]
    [InlineData("whisper-base whisper-base-q5_1", 2, 8_000, "whisper-base")]
    [InlineData("whisper-base whisper-base-q5_1", 2, 600, "whisper-base-q5_1")]
    [InlineData("whisper-small.en whisper-medium.en", 2, 8_000, "whisper-small.en")]
    [InlineData("whisper-small.en", 8, 1_000, null)]
    [InlineData("qwen2.5-1.5b", 8, 8_000, null)]
    [InlineData("", 8, 8_000, null)]
    public void Best_installed_model_fits_the_cores_and_the_memory(string installed, int processors, int megabytes, string? best)
    {
        foreach (var name in installed.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Install(ModelCatalog.Default.Find(name)!);

        Assert.Equal(best, ModelChoice.Best(new ModelStore(_folder), "whisper", processors, megabytes * 1_000_000L)?.Name);
    }

    /// <summary>Installs a file of the right size that takes no space.</summary>
    private void Install(CatalogModel model)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, model.Name)).FullName;
        var file = model.Files[0];
        using (var stream = File.Create(Path.Combine(folder, file.Name)))
            stream.SetLength(file.Bytes!.Value);
        File.WriteAllText(
            Path.Combine(folder, "model.json"),
            $$"""{"name":"{{model.Name}}","engine":"{{model.Engine}}","files":[{"name":"{{file.Name}}","bytes":{{file.Bytes}},"sha256":""}]}""");
    }
}
