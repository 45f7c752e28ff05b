using System.Security.Cryptography;
using System.Text.Json;

namespace Parley.Cli.Tests.Commands;

/// <summary>Model files by the command line, with a catalogue and a mirror of its own in folders.</summary>
public sealed class ModelFilesTests : IDisposable
{
    private readonly CliRun _run = new();
    private readonly string _mirror;

    public ModelFilesTests()
    {
        _mirror = Directory.CreateDirectory(_run.PathOf("mirror")).FullName;
        File.WriteAllText(Path.Combine(_mirror, "house.bin"), "lmgg and more");
        File.WriteAllText(Path.Combine(_mirror, "house.onnx"), "network");
        File.WriteAllText(Path.Combine(_mirror, "house.onnx.json"), "{}");
        var catalogue = _run.Write("catalogue.json", $$"""
            [
              {"name":"whisper-house","aliases":["house"],"engine":"whisper","title":"Whisper house","license":"MIT","languages":["de"],
               "files":[{"name":"house.bin","address":"https://hub.example/house.bin","bytes":13,"checksum":"sha256:{{Hash("lmgg and more")}}"}]},
              {"name":"piper-house","engine":"piper","title":"Piper house","license":"MIT","languages":["de-DE"],"note":"of our own",
               "files":[{"name":"house.onnx","address":"https://hub.example/house.onnx"},{"name":"house.onnx.json","address":"https://hub.example/house.onnx.json"}]}
            ]
            """);
        _run.With("PARLEY_MODELS", _run.PathOf("models")).With("PARLEY_MODELS_CATALOG", catalogue).With("PARLEY_MODELS_FROM", _mirror);
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Get_installs_models_and_says_how_to_use_them()
    {
        var got = await _run.RunAsync("models", "get", "house", "piper-house");
        var list = await _run.RunAsync("models", "list", "--verify");
        var path = await _run.RunAsync("models", "path", "house");

        Assert.Equal(0, got.ExitCode);
        Assert.Equal("Use it: parley serve --stt whisper-house --tts piper-house", got.OutputLines[^1].Replace("./parley", "parley", StringComparison.Ordinal));
        Assert.Contains("whisper-house: house.bin 100 % of 0 MB", got.Error, StringComparison.Ordinal);
        Assert.Equal(["whisper-house", "piper-house"], list.OutputLines.Skip(1).Select(static line => line.Split(' ')[0]));
        Assert.All(list.OutputLines.Skip(1), static line => Assert.EndsWith("verified", line, StringComparison.Ordinal));
        Assert.Equal(Path.Combine(_run.PathOf("models"), "whisper-house", "house.bin"), path.OutputLines[0]);
    }

    [Fact]
    public async Task Json_has_an_object_for_the_progress_and_for_the_result()
    {
        var got = (await _run.RunAsync("models", "get", "house", "--json")).Json;

        Assert.Equal(["progress", "progress", "installed", "try"], got.Select(static line => line.GetProperty("type").GetString()));
        Assert.Equal(13, got[1].GetProperty("bytes").GetInt64());
        Assert.Equal("whisper", got[2].GetProperty("engine").GetString());
    }

    [Fact]
    public async Task Available_lists_the_catalogue_and_what_matches_a_word()
    {
        await _run.RunAsync("models", "get", "house");

        var all = (await _run.RunAsync("models", "available", "--json")).Json;
        var voices = (await _run.RunAsync("models", "available", "piper")).OutputLines;
        var german = (await _run.RunAsync("models", "available", "de")).Output;
        var none = await _run.RunAsync("models", "available", "klingon");

        Assert.True(all.Count > 40);
        Assert.Equal(JsonValueKind.True, all[0].GetProperty("installed").ValueKind);
        Assert.Contains(voices, static line => line.StartsWith("piper-house", StringComparison.Ordinal) && line.EndsWith("of our own", StringComparison.Ordinal));
        Assert.All(voices.Skip(1), static line => Assert.StartsWith("piper-", line, StringComparison.Ordinal));
        Assert.Contains("whisper-house", german, StringComparison.Ordinal);
        Assert.Contains("piper-de_DE-thorsten-medium", german, StringComparison.Ordinal);
        Assert.DoesNotContain("piper-fr_FR", german, StringComparison.Ordinal);
        Assert.Contains("No model has \"klingon\"", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_deletes_a_model_and_a_part()
    {
        await _run.RunAsync("models", "get", "house");
        Directory.CreateDirectory(Path.Combine(_run.PathOf("models"), "piper-house"));
        File.WriteAllText(Path.Combine(_run.PathOf("models"), "piper-house", "house.onnx.part"), "net");

        var list = await _run.RunAsync("models", "list");
        var removed = await _run.RunAsync("models", "remove", "house", "piper-house");
        var again = await _run.RunAsync("models", "remove", "house");

        Assert.Contains("piper-house is not complete: 0 MB are there.", list.Error, StringComparison.Ordinal);
        Assert.Equal(2, removed.OutputLines.Count);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("Model whisper-house is not installed.", again.Error, StringComparison.Ordinal);
        Assert.Contains("No model is installed in", (await _run.RunAsync("models", "list")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_file_is_found_by_list_and_repaired_by_get()
    {
        await _run.RunAsync("models", "get", "house");
        var file = (await _run.RunAsync("models", "path", "house")).OutputLines[0];
        File.WriteAllText(file, "lmgg and less");

        var list = await _run.RunAsync("models", "list", "--verify");
        var got = await _run.RunAsync("models", "get", "house");

        Assert.Equal(1, list.ExitCode);
        Assert.Contains("Files of whisper-house have changed since their installation.", list.Error, StringComparison.Ordinal);
        Assert.Equal(0, got.ExitCode);
        Assert.Equal("lmgg and more", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(2, "Did you mean whisper-house", "models", "get", "whisper-hause")]
    [InlineData(2, "There is no model \"../x\"", "models", "get", "..")]
    [InlineData(2, "is not a name of a model", "models", "remove", "../x")]
    [InlineData(1, "does not exist. Give a file, a folder, or a URL", "models", "get", "house", "--from", "no/such")]
    [InlineData(1, "There is no house.bin at", "models", "get", "house", "--from", ".")]
    [InlineData(1, "Model whisper-house is not installed. Install it:", "models", "path", "house")]
    [InlineData(2, "whisper-house is a model for --stt.", "serve", "--llm", "house")]
    [InlineData(2, "model whisper-house is not installed. Install it:", "serve", "--stt", "house")]
    [InlineData(2, "Did you mean piper-house? ", "serve", "--tts", "piper-hause")]
    [InlineData(2, "The file ./no.gguf does not exist.", "serve", "--llm", "./no.gguf")]
    public async Task Error_says_what_is_wrong_and_what_to_do(int exitCode, string message, params string[] arguments)
    {
        var result = await _run.RunAsync(arguments);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message.Replace("../x\"", "..\"", StringComparison.Ordinal), result.Error, StringComparison.Ordinal);
        Assert.Single(result.ErrorLines);
    }

    [Fact]
    public async Task Catalogue_of_ones_own_with_an_error_is_refused()
    {
        _run.With("PARLEY_MODELS_CATALOG", _run.Write("bad.json", """[{"name":"../a"}]"""));

        var result = await _run.RunAsync("models", "list");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("PARLEY_MODELS_CATALOG: ", result.Error, StringComparison.Ordinal);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
