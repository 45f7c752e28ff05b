using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

public sealed class ConsoleTests : IAsyncLifetime
{
    private const string Page = "<!doctype html><title>the page</title>";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-console-");
    private InMemoryHost? _host;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "assets"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "index.html"), Page);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "assets", "index-abc.js"), new string('x', 10_000));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "assets", "phrase-abc.mp3"), "audio");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "secret.txt"), "not a kind of file that is served");
        _host = await StartAsync(_folder.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        await _host!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Console_page_has_a_strict_content_security_policy()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/");

        Assert.Equal(Page, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audio_of_the_page_has_its_media_type()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/assets/phrase-abc.mp3");

        Assert.Equal("audio/mpeg", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Assets_are_compressed_and_immutable(string encoding)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/assets/index-abc.js", request => request.Headers.Add("Accept-Encoding", encoding));

        Assert.Equal([encoding], answer.Content.Headers.ContentEncoding);
        Assert.InRange(answer.Content.Headers.ContentLength!.Value, 1, 1_000);
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

        using var again = await SendAsync(HttpMethod.Get, "/assets/index-abc.js", request => request.Headers.Add("If-None-Match", answer.Headers.ETag!.Tag));

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [InlineData("/secret.txt")]
    [InlineData("/assets/..%2Findex.html")]
    [InlineData("/assets/%2e%2e%2fsecret.txt")]
    [InlineData("/assets/nothing.js")]
    public async Task Other_paths_are_not_served(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Missing_console_build_is_explained()
    {
        await using var bare = await StartAsync(Path.Combine(_folder.FullName, "nothing"));
        using var request = new HttpRequestMessage(HttpMethod.Get, bare.BaseAddress);

        using var answer = await bare.Invoker.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Contains("npm run build", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task About_lists_models_and_voices()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/console/about");

        var about = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Contains("gemini-3.8-live", about.GetProperty("models").EnumerateArray().Select(static model => model.GetString()));
        Assert.Equal(30, about.GetProperty("voices").GetArrayLength());
        Assert.False(about.GetProperty("login").GetBoolean());
        // This server has no engines of its own.
        Assert.Equal(JsonValueKind.Null, about.GetProperty("engines").ValueKind);
    }

    [Fact]
    public async Task Console_token_opens_one_session()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/console/token", static request => request.Headers.Add("Sec-Fetch-Site", "same-origin"));
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("name").GetString()!;

        await using var client = await LiveSocket.ConnectAsync(_host!, $"{LiveTestHost.Constrained}?access_token={token}");
        await client.SendJsonAsync(LiveTestHost.Setup);
        Assert.True((await client.ReceiveAsync()).Has("setupComplete"));

        await using var second = await LiveSocket.ConnectAsync(_host!, $"{LiveTestHost.Constrained}?access_token={token}");
        await second.SendJsonAsync(LiveTestHost.Setup);
        Assert.NotEqual(1000, (await second.ExpectCloseAsync()).Code);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("X-Forwarded-For", "192.0.2.7")]
    public async Task Console_token_is_refused_for_other_sites_and_proxies(string header, string value)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/console/token", request => request.Headers.Add(header, value));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain("auth_tokens", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_stores_the_key_in_an_HTTP_only_cookie()
    {
        using var login = await SendAsync(HttpMethod.Post, "/console/login", static request => request.Content = JsonContent.Create(new { key = LiveTestHost.Key }));
        Assert.Equal(HttpStatusCode.NoContent, login.StatusCode);
        var cookie = login.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(LiveTestHost.Key, cookie, StringComparison.Ordinal);

        // Through a proxy the development key is refused, so this tests the cookie.
        using var answer = await SendAsync(HttpMethod.Post, "/console/token", request =>
        {
            request.Headers.Add("X-Forwarded-For", "192.0.2.7");
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"key":"wrong"}""")]
    [InlineData("""{"key":7}""")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Login_without_a_valid_key_is_refused(string body)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/console/login", request => request.Content = new StringContent(body));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Forged_cookie_is_refused()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/console/token", static request =>
        {
            request.Headers.Add("X-Forwarded-For", "192.0.2.7");
            request.Headers.Add("Cookie", "parley-console=" + LiveTestHost.Key);
        });

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static Task<InMemoryHost> StartAsync(string folder) => InMemoryHost.StartAsync(
        builder =>
        {
            builder.Services.AddLiveApi(options =>
            {
                options.ApiKeys.Add(LiveTestHost.Key);
                options.Console.Folder = folder;
            }).UseDefaultModel(static _ => new EchoModel()).AddLiveConsole();
        },
        static app =>
        {
            app.MapLiveApi();
            app.MapLiveConsole();
        });

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_host!.BaseAddress, path));
        request.Headers.Host = "localhost";
        configure?.Invoke(request);
        return await _host.Invoker.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
