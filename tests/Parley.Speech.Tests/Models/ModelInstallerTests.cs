using System.Security.Cryptography;
using Parley.Speech.Models;

namespace Parley.Speech.Tests.Models;

public sealed class ModelInstallerTests : IAsyncDisposable
{
    private static readonly byte[] Weights = RandomBytes(400_000);
    private static readonly byte[] Config = "{}"u8.ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("parley-models-").FullName;
    private readonly ModelServer _server = new();
    private readonly ModelHttp _http = new();
    private readonly List<TransferProgress> _progress = [];
    private readonly PassingTime _time = new();
    private ModelDisk _disk = new();

    public ModelInstallerTests()
    {
        _server.Files["m/weights.bin"] = Weights;
        _server.Files["m/config.json"] = Config;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Main => Path.Combine(_folder, "model", "weights.bin");

    private string Part => Main + ".part";

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Model_is_installed_with_all_its_files_and_their_checksums()
    {
        var installed = await InstallAsync(Model());

        Assert.Equal(new InstalledModel("model", "piper", Main, Weights.Length + Config.Length), installed);
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
        Assert.Equal([installed], Store.Installed);
        Assert.Contains(Hex(SHA256.HashData(Weights)), await File.ReadAllTextAsync(Path.Combine(_folder, "model", "model.json"), Token), StringComparison.Ordinal);
        Assert.Equal(new TransferProgress("weights.bin", Weights.Length, Weights.Length), _progress.Last(static step => step.File == "weights.bin"));
        Assert.Equal(["config.json", "model.json", "weights.bin"], Directory.GetFiles(Path.Combine(_folder, "model")).Select(Path.GetFileName).Order());
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
    public async Task Cut_connection_is_continued_where_it_ended()
    {
        _server.Cuts.Enqueue(100_000);
        _server.Cuts.Enqueue(50_000);

        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
        Assert.Equal(["m/weights.bin", "m/weights.bin bytes=100000- \"v1\"", "m/weights.bin bytes=150000- \"v1\"", "m/config.json"], _server.Requests);
    }

    [Fact]
    public async Task Download_that_was_stopped_is_continued_by_the_next_one()
    {
        await StopAfterAsync(120_000);
        Assert.Equal(120_000, new FileInfo(Part).Length);
        Assert.Empty(Store.Installed);

        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
        Assert.Equal("m/weights.bin bytes=120000- \"v1\"", _server.Requests[1]);
    }

    [Fact]
    public async Task File_that_changed_on_the_server_is_downloaded_from_its_start()
    {
        await StopAfterAsync(120_000);
        var changed = RandomBytes(400_000, seed: 2);
        (_server.Files["m/weights.bin"], _server.ETag) = (changed, "\"v2\"");

        await InstallAsync(Model(checksum: Checksum("sha256", changed)));

        Assert.Equal(changed, await File.ReadAllBytesAsync(Main, Token));
    }

    [Fact]
    public async Task Server_without_ranges_sends_the_whole_file_again()
    {
        _server.Ranges = false;
        await StopAfterAsync(120_000);

        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
    }

    [Fact]
    public async Task Part_that_nothing_could_verify_is_not_continued()
    {
        _server.ETag = null;
        await StopAfterAsync(120_000, Model(checksum: null));

        await InstallAsync(Model(checksum: null));

        Assert.Equal("m/weights.bin", _server.Requests[1]);
    }

    [Fact]
    public async Task Broken_part_is_replaced_by_a_second_download()
    {
        await StopAfterAsync(120_000);
        await using (var part = File.OpenWrite(Part))
            part.Write("broken"u8);

        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
    }

    [Fact]
    public async Task Part_with_all_bytes_needs_no_request()
    {
        await StopAfterAsync(120_000);
        await File.WriteAllBytesAsync(Part, Weights, Token);
        _server.Requests.Clear();

        await InstallAsync(Model());

        Assert.Equal(["m/config.json"], _server.Requests);
    }

    [Fact]
    public async Task Wrong_checksum_is_reported_and_nothing_is_kept()
    {
        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model(checksum: Checksum("sha1", Config))));

        Assert.Contains($"has the SHA1 checksum {Hex(SHA1.HashData(Weights))}; the catalogue says {Hex(SHA1.HashData(Config))}.", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Main));
        Assert.Equal(0, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task Wrong_length_is_reported_before_the_download()
    {
        _server.Files["m/weights.bin"] = Weights[..^1];

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("has 399,999 bytes; the catalogue says 400,000.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_that_is_longer_than_the_file_is_not_stored()
    {
        _server.HidesLength = true;
        _server.Files["m/weights.bin"] = [.. Weights, .. Weights];

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("is larger than 400,000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task File_without_known_size_and_checksum_is_recorded_and_must_stay_the_same()
    {
        await InstallAsync(Model(checksum: null, bytes: null));
        await File.WriteAllTextAsync(Main, "changed", Token);
        _server.Files["m/weights.bin"] = RandomBytes(400_000, seed: 2);

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model(checksum: null, bytes: null)));

        Assert.Contains("SHA256 checksum", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_disk_is_reported_and_the_part_is_continued_when_there_is_space()
    {
        _disk = new SmallDisk(250_000);
        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));
        Assert.StartsWith("The disk is full. 0.", error.Message, StringComparison.Ordinal);
        Assert.Contains("the same command", error.Message, StringComparison.Ordinal);
        Assert.True(new FileInfo(Part).Length > 0);

        _disk = new();
        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
    }

    [Fact]
    public async Task Model_without_enough_space_is_not_begun()
    {
        _disk = new SmallDisk(250_000) { Free = 60_000_000 };

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("model needs 67.5 MB of disk space, and 60 MB are free", error.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("404 Not Found", "There is no weights.bin at http://127.0.0.1")]
    [InlineData("403 Forbidden", "answers 403: its publisher wants an account")]
    [InlineData("410 Gone", "answers 410 (Gone)")]
    public async Task Refusal_of_the_server_is_reported_with_what_to_do(string status, string message)
    {
        _server.Failures.Enqueue(status);

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("--from", error.Message, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Busy_server_is_asked_again()
    {
        _server.Failures.Enqueue("503 Service Unavailable\r\nRetry-After: 7");
        _server.Failures.Enqueue("429 Too Many Requests");

        await InstallAsync(Model());

        Assert.Equal(4, _server.Requests.Count);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(2)], _time.Pauses);
    }

    [Fact]
    public async Task Unreachable_server_is_given_up_after_some_attempts()
    {
        _server.Close();

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.StartsWith("weights.bin cannot be downloaded from 127.0.0.1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_with_the_range()
    {
        _server.Redirects["m/weights.bin"] = "/storage/weights?signature=1";
        _server.Files["storage/weights?signature=1"] = Weights;
        _server.Cuts.Enqueue(0);
        _server.Cuts.Enqueue(100_000);

        await InstallAsync(Model());

        Assert.Equal("storage/weights?signature=1 bytes=100000- \"v1\"", _server.Requests[3]);
    }

    [Fact]
    public async Task Redirect_without_end_is_an_error()
    {
        _server.Redirects["m/weights.bin"] = "/m/weights.bin";

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("redirects more than 10 times", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://hub.example/a", "http://elsewhere.example/a")]
    [InlineData("http://hub.example/a", "ftp://elsewhere.example/a")]
    [InlineData("https://hub.example/a", "file:///etc/passwd")]
    public async Task Redirect_that_leaves_https_or_http_is_not_followed(string address, string target)
    {
        using var http = new ModelHttp(new HttpMessageInvoker(new Redirecting(target)));

        var error = await Assert.ThrowsAsync<ModelException>(() => http.GetAsync(new Uri(address), 0, null, Token));

        Assert.Contains("the redirect is not followed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_becomes_silent_is_asked_for_the_rest()
    {
        _server.Pause = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _server.Cuts.Enqueue(100_000);
        var installing = InstallAsync(Model(), onProgress: progress =>
        {
            if (progress.Bytes != 100_000 || _server.Pause is null)
                return;
            _server.Pause = null;
            _time.PassSilence();
        });

        await installing;

        Assert.Equal("m/weights.bin bytes=100000- \"v1\"", _server.Requests[1]);
    }

    [Fact]
    public async Task Two_installations_at_once_download_a_model_once()
    {
        var waited = 0;
        var first = Installer().InstallAsync(Model(), ModelSource.Catalog, static _ => { }, () => Interlocked.Increment(ref waited), Token);
        var second = Installer().InstallAsync(Model(), ModelSource.Catalog, static _ => { }, () => Interlocked.Increment(ref waited), Token);

        Assert.Equal(await first, await second);
        Assert.Equal(2, _server.Requests.Count);
        Assert.InRange(waited, 0, 1);
    }

    [Fact]
    public async Task Installed_model_is_verified_and_only_a_changed_file_is_downloaded_again()
    {
        await InstallAsync(Model());
        await InstallAsync(Model());
        Assert.Equal(2, _server.Requests.Count);
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
        _server.Files.Remove("m/config.json");
        await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));
        _server.Files["m/config.json"] = Config;
        _server.Requests.Clear();

        await InstallAsync(Model());

        Assert.Equal(["m/config.json"], _server.Requests);
    }

    [Fact]
    public async Task Removed_model_is_gone_with_its_part()
    {
        await InstallAsync(Model());
        await File.WriteAllTextAsync(Part, "rest", Token);

        Assert.True(await Installer().RemoveAsync("model", static () => { }, Token) > Weights.Length);

        Assert.Empty(Store.Installed);
        Assert.False(Directory.Exists(Path.Combine(_folder, "model")));
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
        await File.WriteAllTextAsync(Path.Combine(_folder, "model"), "", Token);

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("PARLEY_MODELS", error.Message, StringComparison.Ordinal);
    }

    private ModelStore Store => new(_folder);

    private static byte[] RandomBytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Checksum(string algorithm, byte[] bytes) => algorithm + ":" + Hex(algorithm switch
    {
        "sha1" => SHA1.HashData(bytes),
        "md5" => MD5.HashData(bytes),
        _ => SHA256.HashData(bytes),
    });

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    /// <summary>A model of two files.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="checksum">Of the main file, as the catalogue has it; empty for the right one.</param>
    /// <param name="bytes">Size of the main file, as the catalogue has it.</param>
    private CatalogModel Model(string name = "model", string? checksum = "", long? bytes = 400_000) => new()
    {
        Name = name,
        Engine = "piper",
        Title = name,
        License = "MIT",
        Languages = ["en"],
        Files =
        [
            new() { Name = "weights.bin", Address = new Uri(_server.Address, "m/weights.bin"), Bytes = bytes, Checksum = checksum is "" ? Checksum("sha1", Weights) : checksum },
            new() { Name = "config.json", Address = new Uri(_server.Address, "m/config.json"), Bytes = Config.Length, Checksum = Checksum("md5", Config) },
        ],
    };

    private ModelInstaller Installer() => new(Store, _http, _disk, _time);

    private Task<InstalledModel> InstallAsync(CatalogModel model, Action<TransferProgress>? onProgress = null, CancellationToken cancellationToken = default) =>
        Installer().InstallAsync(
            model,
            ModelSource.Catalog,
            progress =>
            {
                _progress.Add(progress);
                onProgress?.Invoke(progress);
            },
            static () => { },
            cancellationToken == default ? Token : cancellationToken);

    /// <summary>Downloads some bytes and stops, as Ctrl+C does.</summary>
    private async Task StopAfterAsync(int bytes, CatalogModel? model = null)
    {
        _server.Cuts.Enqueue(bytes);
        _server.Pause = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var installing = InstallAsync(
            model ?? Model(),
            onProgress: progress =>
            {
                if (progress.Bytes == bytes)
                    stop.Cancel();
            },
            stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installing);
        _server.Pause = null;
    }

    private sealed class Redirecting(string target) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(System.Net.HttpStatusCode.Found);
            response.Headers.Location = new Uri(target);
            return Task.FromResult(response);
        }
    }

    /// <summary>A disk that is full after some bytes.</summary>
    private sealed class SmallDisk(int capacity) : ModelDisk
    {
        internal long? Free { get; init; }

        public override long? FreeBytes(string folder) => Free;

        public override Stream OpenAppend(string path) => new FullStream(path, capacity);

        private sealed class FullStream(string path, int capacity) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite)
        {
            public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                if (Position + buffer.Length > capacity)
                    throw new IOException("No space left on device", 28);
                await base.WriteAsync(buffer, cancellationToken);
            }
        }
    }
}
