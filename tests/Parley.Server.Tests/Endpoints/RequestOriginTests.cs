using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

/// <summary>Where the development key is accepted from: every endpoint judges every request alike.</summary>
public sealed class RequestOriginTests
{
    private const string DevelopmentKey = "parley-dev";

    private static readonly string[] Endpoints = ["socket", "tokens", "models", "console token", "console about", "console login"];

    public static TheoryData<string> Foreign => new(
        (string[])
        [
            "Forwarded: for=203.0.113.7", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: localhost", "X-Forwarded-Proto: https", "X-Forwarded-Server: s", "x-forwarded-port: 443",
            "X-Real-IP: 127.0.0.1", "Via: 1.1 proxy", "CF-Connecting-IP: 127.0.0.1", "CF-Ray: 1", "True-Client-IP: 127.0.0.1", "X-Client-IP: ::1", "X-Cluster-Client-IP: ::1",
            "Fastly-Client-IP: ::1", "Fly-Client-IP: ::1", "X-Original-For: 127.0.0.1:1", "X-Original-Forwarded-For: ::1", "X-Envoy-External-Address: ::1", "X-Azure-ClientIP: ::1",
            "X-ProxyUser-Ip: ::1", "X-Amzn-Trace-Id: Root=1",
            "Origin: null", "Origin: https://evil.example", "Origin: http://localhost.evil.example", "Origin: http://127.0.0.1.evil.example", "Origin: file://", "Origin: nonsense",
            "Origin: chrome-extension://abc", "Referer: https://evil.example/page", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
            "Host: parley.test", "Host: evil.example:8080", "Host: localhost.evil.example", "Host: 192.168.1.7", "Host: 0.0.0.0",
        ]);

    public static TheoryData<string> Local => new(
        (string[])
        [
            "Accept: */*", "Origin: http://localhost:5173", "Origin: http://127.0.0.1:8080", "Origin: http://[::1]:8080", "Origin: https://page.localhost", "Host: localhost:8080",
            "Host: 127.0.0.1:8080", "Host: [::1]:8080", "Referer: http://localhost:8080/", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none",
        ]);

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Development_key_is_refused_everywhere_for_a_foreign_request(string header)
    {
        await using var host = await StartAsync();

        foreach (var endpoint in Endpoints)
            Assert.False(await IsAcceptedAsync(host, endpoint, header), endpoint);
    }

    [Theory]
    [MemberData(nameof(Local))]
    public async Task Development_key_is_accepted_for_a_request_of_this_machine(string header)
    {
        await using var host = await StartAsync();

        foreach (var endpoint in (string[])["socket", "tokens", "models"])
            Assert.True(await IsAcceptedAsync(host, endpoint, header), endpoint);
    }

    [Fact]
    public async Task Development_key_is_refused_for_another_machine()
    {
        await using var host = await StartAsync(remote: IPAddress.Parse("203.0.113.7"));

        foreach (var endpoint in Endpoints)
            Assert.False(await IsAcceptedAsync(host, endpoint, "Accept: */*"), endpoint);
    }

    [Theory]
    [InlineData("socket")]
    [InlineData("tokens")]
    [InlineData("models")]
    public async Task File_page_is_accepted_only_if_configured(string endpoint)
    {
        await using var host = await StartAsync(static options => options.AllowFilePages = true);

        Assert.True(await IsAcceptedAsync(host, endpoint, "Origin: null"));
        Assert.False(await IsAcceptedAsync(host, endpoint, "Origin: https://evil.example"));
    }

    /// <summary>The page shows its login form exactly if it gets no token; a browser sends no Origin with a GET.</summary>
    [Theory]
    [InlineData("localhost:8080", "http://localhost:8080", false)]
    [InlineData("127.0.0.1:8080", "http://127.0.0.1:8080", false)]
    [InlineData("[::1]:8080", "http://[::1]:8080", false)]
    [InlineData("parley.test", "http://parley.test", true)]
    [InlineData("my-machine:8080", "http://my-machine:8080", true)]
    [InlineData("127.0.0.1:8080", "https://voice.example", true)]
    public async Task Console_asks_for_a_login_exactly_if_it_gets_no_token(string hostName, string origin, bool login)
    {
        await using var host = await StartAsync();
        using var about = await SendAsync(host, HttpMethod.Get, "/console/about", $"Host: {hostName}", $"Referer: {origin}/", "Sec-Fetch-Site: same-origin");
        using var token = await SendAsync(host, HttpMethod.Post, "/console/token", $"Host: {hostName}", $"Referer: {origin}/", "Sec-Fetch-Site: same-origin", $"Origin: {origin}");

        Assert.Equal(login, (await about.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("login").GetBoolean());
        Assert.Equal(login ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, token.StatusCode);
    }

    [Theory]
    [InlineData("tokens")]
    [InlineData("models")]
    [InlineData("console token")]
    [InlineData("console login")]
    [InlineData("console about")]
    [InlineData("admin")]
    public async Task Origin_that_is_not_allowed_gets_403_from_every_endpoint(string endpoint)
    {
        await using var host = await StartAsync(static options =>
        {
            options.AllowedOrigins.Add("https://good.example");
            options.Admin.Secret = "the-secret-of-the-operator";
        });

        using var refused = await RequestAsync(host, endpoint, LiveTestHost.Key, "Origin: https://evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("origin is not allowed", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_secret_is_not_accepted_from_a_foreign_page()
    {
        await using var host = await StartAsync(static options => options.Admin.Secret = "the-secret-of-the-operator");

        using var page = await RequestAsync(host, "admin", "", "Origin: https://evil.example");
        using var program = await RequestAsync(host, "admin", "", "Accept: */*");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (page.StatusCode, program.StatusCode));
    }

    private static Task<InMemoryHost> StartAsync(Action<LiveApiOptions>? configure = null, IPAddress? remote = null) => InMemoryHost.StartAsync(
        builder => builder.Services.AddLiveApi(options =>
        {
            options.ApiKeys.Add(LiveTestHost.Key);
            options.RejectAtHttp = true;
            configure?.Invoke(options);
        }).UseDefaultModel(static _ => new EchoModel()).AddLiveConsole(),
        app =>
        {
            app.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = remote ?? IPAddress.Loopback;
                return next(context);
            });
            app.MapLiveApi();
            app.MapLiveConsole();
            app.MapLiveAdmin();
        });

    private static async Task<bool> IsAcceptedAsync(InMemoryHost host, string endpoint, string header)
    {
        if (endpoint == "socket")
        {
            var (name, value) = Split(header);
            try
            {
                await using var socket = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Path}?key={DevelopmentKey}", options =>
                {
                    options.SetRequestHeader("Host", "localhost");
                    options.SetRequestHeader(name, value);
                });
                return true;
            }
            catch (System.Net.WebSockets.WebSocketException)
            {
                return false;
            }
        }
        using var answer = await RequestAsync(host, endpoint, DevelopmentKey, header);
        if (endpoint == "console about")
            return !(await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("login").GetBoolean();
        Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode is 400 or 401 or 403, answer.ToString());
        return answer.IsSuccessStatusCode;
    }

    private static Task<HttpResponseMessage> RequestAsync(InMemoryHost host, string endpoint, string key, string header) => endpoint switch
    {
        "tokens" => SendAsync(host, HttpMethod.Post, "/v1/auth_tokens", header, "x-goog-api-key: " + key),
        "models" => SendAsync(host, HttpMethod.Get, "/v1beta/models", header, "x-goog-api-key: " + key),
        "console token" => SendAsync(host, HttpMethod.Post, "/console/token", header),
        "console about" => SendAsync(host, HttpMethod.Get, "/console/about", header),
        "console login" => SendAsync(host, HttpMethod.Post, "/console/login", JsonContent.Create(new { key }), header),
        "admin" => SendAsync(host, HttpMethod.Get, "/admin/status", header, "Authorization: Bearer the-secret-of-the-operator"),
        _ => throw new ArgumentException(endpoint, nameof(endpoint)),
    };

    private static Task<HttpResponseMessage> SendAsync(InMemoryHost host, HttpMethod method, string path, params string[] headers) => SendAsync(host, method, path, null, headers);

    private static async Task<HttpResponseMessage> SendAsync(InMemoryHost host, HttpMethod method, string path, HttpContent? content, params string[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.BaseAddress, path)) { Content = content };
        request.Headers.Host = "localhost";
        foreach (var (name, value) in headers.Select(Split))
        {
            if (name == "Host")
                request.Headers.Host = value;
            else
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }
        return await host.Invoker.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static (string Name, string Value) Split(string header) =>
        (header[..header.IndexOf(':', StringComparison.Ordinal)], header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
}
