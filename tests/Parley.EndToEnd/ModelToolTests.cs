using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary><c>parley models get</c> as a process: through a proxy, stopped in the middle, and continued.</summary>
public sealed class ModelToolTests : IAsyncLifetime
{
    private static readonly byte[] Weights = MakeWeights();

    private readonly string _folder = Directory.CreateTempSubdirectory("parley-models-").FullName;
    private readonly List<string> _requests = [];
    private readonly WebApplication _proxy;
    private bool _isSlow = true;

    public ModelToolTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _proxy = builder.Build();
        _proxy.Urls.Add("http://127.0.0.1:0");
        // A proxy gets the whole address; the host of the catalogue exists nowhere.
        _proxy.Run(async context =>
        {
            var from = context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0;
            lock (_requests)
                _requests.Add($"{context.Request.Host}{context.Request.Path} from {from}");
            var response = context.Response;
            response.Headers.ETag = "\"v1\"";
            response.ContentLength = Weights.Length - from;
            if (from > 0)
            {
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange = $"bytes {from}-{Weights.Length - 1}/{Weights.Length}";
            }
            var end = _isSlow ? Weights.Length / 2 : Weights.Length;
            await response.Body.WriteAsync(Weights.AsMemory((int)from, end - (int)from), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            // The rest does not come until the client leaves.
            if (_isSlow)
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _proxy.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Download_through_a_proxy_that_was_stopped_is_continued_by_the_same_command()
    {
        var catalogue = Path.Combine(_folder, "catalogue.json");
        await File.WriteAllTextAsync(catalogue, $$"""
            [{"name":"whisper-x","engine":"whisper","title":"Whisper x","license":"MIT","languages":["en"],"files":[
              {"name":"x.bin","address":"http://hub.invalid/x.bin","bytes":{{Weights.Length}},"checksum":"sha256:{{Convert.ToHexStringLower(SHA256.HashData(Weights))}}"}]}]
            """, Cancellation);
        var variables = new Dictionary<string, string>
        {
            ["PARLEY_MODELS"] = Path.Combine(_folder, "models"),
            ["PARLEY_MODELS_CATALOG"] = catalogue,
            ["http_proxy"] = _proxy.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(),
        };
        using (var stopped = Start(variables))
        {
            await stopped.Lines.FirstAsync(static line => line.Text.Contains("50 %", StringComparison.Ordinal), "half of the file is there", Cancellation);
            stopped.Terminate();
            await stopped.Lines.FirstAsync(static line => line.Text.Contains("The same command continues there.", StringComparison.Ordinal), "the tool says what is kept", Cancellation);
            Assert.NotEqual(0, await Expect.WithinAsync(stopped.Exited, "the tool ends", Cancellation));
        }
        Assert.Equal(Weights.Length / 2, new FileInfo(Path.Combine(_folder, "models", "whisper-x", "x.bin.part")).Length);

        _isSlow = false;
        using (var again = Start(variables))
            Assert.Equal(0, await Expect.WithinAsync(again.Exited, "the tool ends", Cancellation));

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(_folder, "models", "whisper-x", "x.bin"), Cancellation));
        Assert.Equal(["hub.invalid/x.bin from 0", $"hub.invalid/x.bin from {Weights.Length / 2}"], _requests);
    }

    private static byte[] MakeWeights()
    {
        var weights = new byte[1_000_000];
        new Random(1).NextBytes(weights);
        return weights;
    }

    private static ChildProcess Start(Dictionary<string, string> variables) =>
        ChildProcess.Start("dotnet", [Repository.Tool, "models", "get", "whisper-x"], variables, "Install the .NET SDK.");
}
