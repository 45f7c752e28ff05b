using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Endpoints;

public sealed class ShareTests : IDisposable
{
    private const string Secret = "the-secret-of-the-operator";

    private static readonly byte[] Export = [.. "PK\u0003\u0004"u8, .. new byte[2_000]];

    private readonly TempFolder _folder = new();
    private readonly TestClock _clock = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Shared_session_is_read_by_its_id_and_deleted_by_its_owner_only()
    {
        await using var host = await StartAsync();
        var (id, secret) = await ShareAsync(host);

        using var read = await SendAsync(host, HttpMethod.Get, "/console/share", id);
        Assert.Equal(Export, await read.Content.ReadAsByteArrayAsync());
        Assert.Equal("no-store", read.Headers.CacheControl!.ToString());
        using var refused = await SendAsync(host, HttpMethod.Delete, "/console/share", id, bearer: "wrong");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        using var deleted = await SendAsync(host, HttpMethod.Delete, "/console/share", id, bearer: secret);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await AssertGoneAsync(host, id);
    }

    [Fact]
    public async Task File_is_private_and_its_id_is_in_no_log()
    {
        await using var host = await StartAsync();
        var (id, secret) = await ShareAsync(host);
        using var read = await SendAsync(host, HttpMethod.Get, "/console/share", id);

        var file = Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder.Path, "shares")));

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.ToString().Contains(id, StringComparison.Ordinal) || entry.ToString().Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Expired_session_is_gone_and_its_file_deleted()
    {
        await using var host = await StartAsync();
        var (id, _) = await ShareAsync(host);

        await _clock.AdvanceAsync(TimeSpan.FromDays(7), TestContext.Current.CancellationToken);

        await AssertGoneAsync(host, id);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder.Path, "shares")));
    }

    [Theory]
    [InlineData(4_096, 4_096, HttpStatusCode.RequestEntityTooLarge, 5_000)]
    [InlineData(4_096, 4_096, HttpStatusCode.InsufficientStorage, 3_000)]
    public async Task Bounds_are_kept_and_named(int each, int all, HttpStatusCode expected, int size)
    {
        await using var host = await StartAsync(options => (options.Console.MaxShareBytes, options.Console.MaxSharesBytes) = (each, all));
        await ShareAsync(host);

        using var answer = await SendAsync(host, HttpMethod.Post, "/console/shares", body: [.. "PK"u8, .. new byte[size]]);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Contains("xport", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder.Path, "shares")));
    }

    [Fact]
    public async Task Upload_needs_what_a_session_needs()
    {
        await using var host = await StartAsync();

        using var stranger = await SendAsync(host, HttpMethod.Post, "/console/shares", body: Export, configure: static request => request.Headers.Add("X-Forwarded-For", "192.0.2.7"));
        using var foreign = await SendAsync(host, HttpMethod.Post, "/console/shares", body: Export, configure: static request => request.Headers.Add("Sec-Fetch-Site", "cross-site"));
        using var other = await SendAsync(host, HttpMethod.Post, "/console/shares", body: [1, 2, 3]);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest), (stranger.StatusCode, foreign.StatusCode, other.StatusCode));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../parley")]
    [InlineData("*")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Unknown_ids_find_nothing(string id)
    {
        await using var host = await StartAsync();
        await ShareAsync(host);

        await AssertGoneAsync(host, id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sharing_is_off_without_a_data_folder_or_a_lifetime(bool hasFolder)
    {
        await using var host = await StartAsync(options => options.Console.ShareLifetime = hasFolder ? TimeSpan.Zero : TimeSpan.FromDays(1), hasFolder);

        using var answer = await SendAsync(host, HttpMethod.Post, "/console/shares", body: Export);
        using var about = await SendAsync(host, HttpMethod.Get, "/console/about");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Sharing is off", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, JsonElement.Parse(await about.Content.ReadAsStringAsync()).GetProperty("sharing").ValueKind);
    }

    [Fact]
    public async Task Operator_lists_and_deletes_without_seeing_the_link()
    {
        await using var host = await StartAsync();
        var (id, _) = await ShareAsync(host);
        using var listed = await SendAsync(host, HttpMethod.Get, "/admin/shares", bearer: Secret);
        var text = await listed.Content.ReadAsStringAsync();
        var share = Assert.Single(JsonElement.Parse(text).GetProperty("shares").EnumerateArray());
        Assert.Equal(("development", Export.Length), (share.GetProperty("keyId").GetString(), share.GetProperty("bytes").GetInt32()));
        Assert.DoesNotContain(id, text, StringComparison.Ordinal);

        using var deleted = await SendAsync(host, HttpMethod.Delete, "/admin/shares/" + share.GetProperty("id").GetString(), bearer: Secret);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await AssertGoneAsync(host, id);
        using var audit = await SendAsync(host, HttpMethod.Get, "/admin/audit", bearer: Secret);
        Assert.Contains("share.deleted", await audit.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var unknown = await SendAsync(host, HttpMethod.Delete, "/admin/shares/AAAAAAAAAAAA", bearer: Secret);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Folder_that_cannot_be_used_is_an_error_and_no_crash()
    {
        await using var host = await StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "shares"), "a file");

        using var answer = await SendAsync(host, HttpMethod.Post, "/console/shares", body: Export);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    private Task<InMemoryHost> StartAsync(Action<LiveApiOptions>? configure = null, bool hasFolder = true) => InMemoryHost.StartAsync(
        builder =>
        {
            var live = builder.Services.AddLiveApi(options =>
            {
                options.Admin.Secret = Secret;
                configure?.Invoke(options);
            }).UseDefaultModel(static _ => new EchoModel()).AddLiveConsole();
            if (hasFolder)
                live.UseDataFolder(_folder.Path);
        },
        static app =>
        {
            app.MapLiveApi();
            app.MapLiveConsole();
            app.MapLiveAdmin();
        },
        _clock);

    private static async Task<(string Id, string Secret)> ShareAsync(InMemoryHost host)
    {
        using var answer = await SendAsync(host, HttpMethod.Post, "/console/shares", body: Export);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        var share = JsonElement.Parse(text);
        Assert.Equal("2026-11-29T10:00:00+00:00", share.GetProperty("expires").GetString());
        return (share.GetProperty("id").GetString()!, share.GetProperty("secret").GetString()!);
    }

    private static async Task AssertGoneAsync(InMemoryHost host, string id)
    {
        using var answer = await SendAsync(host, HttpMethod.Get, "/console/share", id);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("expired or was deleted", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        InMemoryHost host, HttpMethod method, string path, string? id = null, string? bearer = null, byte[]? body = null, Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.BaseAddress, path));
        request.Headers.Host = "localhost";
        if (id is not null)
            request.Headers.TryAddWithoutValidation("x-parley-share", id);
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (body is not null)
            request.Content = new ByteArrayContent(body);
        configure?.Invoke(request);
        return await host.Invoker.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
