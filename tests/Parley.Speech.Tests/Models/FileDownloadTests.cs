using System.Net;
using System.Net.Sockets;
using Parley.Speech.Models;

namespace Parley.Speech.Tests.Models;

public sealed class FileDownloadTests : ModelInstallation
{
    [Fact]
    public async Task Cut_connection_is_continued_where_it_ended()
    {
        Server.Cuts.Enqueue(100_000);
        Server.Cuts.Enqueue(50_000);

        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
        Assert.Equal(
            ["m/weights.bin", "m/weights.bin bytes=100000- \"v1\"", "m/weights.bin bytes=150000- \"v1\"", "m/config.json"], Server.Requests);
    }

    [Fact]
    public async Task Download_that_was_stopped_is_continued_by_the_next_one()
    {
        await StopAfterAsync(120_000);
        Assert.Equal(120_000, new FileInfo(Part).Length);
        Assert.Empty(Store.Installed);

        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
        Assert.Equal("m/weights.bin bytes=120000- \"v1\"", Server.Requests[1]);
    }

    [Fact]
    public async Task File_that_changed_on_the_server_is_downloaded_from_its_start()
    {
        await StopAfterAsync(120_000);
        var changed = RandomBytes(400_000, seed: 2);
        (Server.Files["m/weights.bin"], Server.ETag) = (changed, "\"v2\"");

        await InstallAsync(Model(checksum: Checksum("sha256", changed)));

        Assert.Equal(changed, await File.ReadAllBytesAsync(Main, Token));
    }

    [Fact]
    public async Task Server_without_ranges_sends_the_whole_file_again()
    {
        Server.Ranges = false;
        await StopAfterAsync(120_000);

        await InstallAsync(Model());

        Assert.Equal(Weights, await File.ReadAllBytesAsync(Main, Token));
    }

    [Fact]
    public async Task Part_that_nothing_could_verify_is_not_continued()
    {
        Server.ETag = null;
        await StopAfterAsync(120_000, Model(checksum: null));

        await InstallAsync(Model(checksum: null));

        Assert.Equal("m/weights.bin", Server.Requests[1]);
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
        Server.Requests.Clear();

        await InstallAsync(Model());

        Assert.Equal(["m/config.json"], Server.Requests);
    }

    [Fact]
    public async Task Wrong_checksum_is_reported_and_nothing_is_kept()
    {
        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model(checksum: Checksum("sha1", Config))));

        Assert.Contains(
            $"has the SHA1 checksum {Checksum("sha1", Weights)[5..]}; the catalogue says {Checksum("sha1", Config)[5..]}.", error.Message,
            StringComparison.Ordinal);
        Assert.False(File.Exists(Main));
        Assert.Equal(0, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task Wrong_length_is_reported_before_the_download()
    {
        Server.Files["m/weights.bin"] = Weights[..^1];

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("has 399,999 bytes; the catalogue says 400,000.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_that_is_longer_than_the_file_is_not_stored()
    {
        Server.HidesLength = true;
        Server.Files["m/weights.bin"] = [.. Weights, .. Weights];

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains("is larger than 400,000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(Part).Length);
    }

    [Theory]
    [InlineData("404 Not Found", "There is no weights.bin at http://127.0.0.1")]
    [InlineData("403 Forbidden", "answers 403: its publisher wants an account")]
    [InlineData("410 Gone", "answers 410 (Gone)")]
    public async Task Refusal_of_the_server_is_reported_with_what_to_do(string status, string message)
    {
        Server.Failures.Enqueue(status);

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(Model()));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("--from", error.Message, StringComparison.Ordinal);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Busy_server_is_asked_again()
    {
        Server.Failures.Enqueue("503 Service Unavailable\r\nRetry-After: 7");
        Server.Failures.Enqueue("429 Too Many Requests");

        await InstallAsync(Model());

        Assert.Equal(4, Server.Requests.Count);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(2)], Time.Pauses);
    }

    [Fact]
    public async Task Unreachable_server_is_given_up_after_some_attempts()
    {
        // Bound and not listening: nobody else gets the port.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var model = Model();
        var file = model.Files[0] with { Address = new Uri($"http://{socket.LocalEndPoint}/weights.bin") };

        var error = await Assert.ThrowsAsync<ModelException>(() => InstallAsync(model with { Files = [file] }));

        Assert.StartsWith("weights.bin cannot be downloaded from 127.0.0.1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_with_the_range()
    {
        Server.Redirects["m/weights.bin"] = "/storage/weights?signature=1";
        Server.Files["storage/weights?signature=1"] = Weights;
        Server.Cuts.Enqueue(0);
        Server.Cuts.Enqueue(100_000);

        await InstallAsync(Model());

        Assert.Equal("storage/weights?signature=1 bytes=100000- \"v1\"", Server.Requests[3]);
    }

    [Fact]
    public async Task Redirect_without_end_is_an_error()
    {
        Server.Redirects["m/weights.bin"] = "/m/weights.bin";

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
        Server.Pause = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Cuts.Enqueue(100_000);
        var installing = InstallAsync(Model(), onProgress: progress =>
        {
            if (progress.Bytes != 100_000 || Server.Pause is null)
                return;
            Server.Pause = null;
            Time.PassSilence();
        });

        await installing;

        Assert.Equal("m/weights.bin bytes=100000- \"v1\"", Server.Requests[1]);
    }

    private sealed class Redirecting(string target) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.Found);
            response.Headers.Location = new Uri(target);
            return Task.FromResult(response);
        }
    }
}
