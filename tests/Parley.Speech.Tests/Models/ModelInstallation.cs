using System.Security.Cryptography;
using Parley.Speech.Models;

namespace Parley.Speech.Tests.Models;

/// <summary>A store, a server and a model of two files.</summary>
public abstract class ModelInstallation : IAsyncDisposable
{
    private protected static readonly byte[] Weights = RandomBytes(400_000);
    private protected static readonly byte[] Config = "{}"u8.ToArray();

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("parley-models-").FullName;
    private protected ModelServer Server { get; } = new();
    private protected ModelHttp Http { get; } = new();
    private protected List<TransferProgress> Progress { get; } = [];
    private protected PassingTime Time { get; } = new();
    private protected ModelDisk Disk { get; set; } = new();

    private protected ModelInstallation()
    {
        Server.Files["m/weights.bin"] = Weights;
        Server.Files["m/config.json"] = Config;
    }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string Main => Path.Combine(Folder, "model", "weights.bin");

    private protected string Part => Main + ".part";

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Http.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private protected ModelStore Store => new(Folder);

    private protected static byte[] RandomBytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

#pragma warning disable CA5350, CA5351 // Publishers state SHA-1 and MD5.
    private protected static string Checksum(string algorithm, byte[] bytes) => algorithm + ":" + Hex(algorithm switch
    {
        "sha1" => SHA1.HashData(bytes),
        "md5" => MD5.HashData(bytes),
        _ => SHA256.HashData(bytes),
    });
#pragma warning restore CA5350, CA5351

    private protected static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    /// <summary>A model of two files.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="checksum">Of the main file, as the catalogue has it; empty for the right one.</param>
    /// <param name="bytes">Size of the main file, as the catalogue has it.</param>
    private protected CatalogModel Model(string name = "model", string? checksum = "", long? bytes = 400_000) => new()
    {
        Name = name,
        Engine = "piper",
        Title = name,
        License = "MIT",
        Languages = ["en"],
        Files =
        [
            new()
            {
                Name = "weights.bin",
                Address = new Uri(Server.Address, "m/weights.bin"),
                Bytes = bytes,
                Checksum = checksum is "" ? Checksum("sha1", Weights) : checksum,
            },
            new()
            {
                Name = "config.json",
                Address = new Uri(Server.Address, "m/config.json"),
                Bytes = Config.Length,
                Checksum = Checksum("md5", Config),
            },
        ],
    };

    private protected ModelInstaller Installer() => new(Store, Http, Disk, Time);

    private protected Task<InstalledModel> InstallAsync(CatalogModel model, Action<TransferProgress>? onProgress = null) =>
        InstallUntilAsync(model, onProgress, Token);

    private Task<InstalledModel> InstallUntilAsync(CatalogModel model, Action<TransferProgress>? onProgress, CancellationToken stop) =>
        Installer().InstallAsync(
            model,
            ModelSource.Catalog,
            progress =>
            {
                Progress.Add(progress);
                onProgress?.Invoke(progress);
            },
            static () => { },
            stop);

    /// <summary>Downloads some bytes and stops, as Ctrl+C does.</summary>
    private protected async Task StopAfterAsync(int bytes, CatalogModel? model = null)
    {
        Server.Cuts.Enqueue(bytes);
        Server.Pause = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var installing = InstallUntilAsync(
            model ?? Model(),
            progress =>
            {
                if (progress.Bytes == bytes)
                    stop.Cancel();
            },
            stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installing);
        Server.Pause = null;
    }

    /// <summary>A disk that is full after some bytes.</summary>
    private protected sealed class SmallDisk(int capacity) : ModelDisk
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
