using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Sessions;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Endpoints;

public sealed class AdminTests
{
    private const string Secret = "the-secret-of-the-operator";

    private readonly EchoModel _model = new();

    [Fact]
    public async Task Admin_creates_a_key_and_revokes_it_with_its_sessions()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        var created = await SendAsync(admin, HttpMethod.Post, "/admin/keys", HttpStatusCode.Created, """{"name":"web site","limits":{"maxSessions":3,"models":["gemini-*"]}}""");
        var secret = created.GetProperty("secret").GetString()!;
        var id = created.GetProperty("key").GetProperty("id").GetString()!;
        await using var client = await host.OpenAsync(key: secret);
        (await _model.FirstSessionAsync()).Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 20, ResponseTokenCount = 3 } });
        await client.EchoAsync("running");

        var session = Assert.Single((await GetAsync(admin, "/admin/sessions")).GetProperty("sessions").EnumerateArray());
        Assert.Equal(id, session.GetProperty("keyId").GetString());
        Assert.Equal("models/gemini-2.5-flash-native-audio-preview-12-2025", session.GetProperty("model").GetString());
        Assert.Equal(1, session.GetProperty("messagesReceived").GetInt32());
        var key = Assert.Single((await GetAsync(admin, "/admin/keys")).GetProperty("keys").EnumerateArray());
        Assert.Equal((1, 3), (key.GetProperty("openSessions").GetInt32(), key.GetProperty("limits").GetProperty("maxSessions").GetInt32()));
        Assert.DoesNotContain(secret, key.GetRawText(), StringComparison.Ordinal);

        await SendAsync(admin, HttpMethod.Delete, "/admin/keys/" + id, HttpStatusCode.NoContent);

        Assert.Equal(1007, (await client.ExpectCloseAsync()).Code);
        await host.Logs.FirstAsync(static entry => entry.Message.Contains("left connection", StringComparison.Ordinal), "the session ends");
        var usage = await GetAsync(admin, "/admin/usage");
        var day = Assert.Single(usage.GetProperty("usage").EnumerateArray());
        Assert.Equal((id, 1, 20, 3), (day.GetProperty("keyId").GetString(), day.GetProperty("sessions").GetInt32(), day.GetProperty("promptTokens").GetInt32(), day.GetProperty("responseTokens").GetInt32()));
    }

    [Fact]
    public async Task Admin_usage_counts_closes_by_cause()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        foreach (var key in (string[])["wrong", LiveTestHost.Key])
        {
            await using var client = await host.ConnectAsync(key: key);
            await client.SendJsonAsync("no json");
            await client.ExpectCloseAsync();
        }
        await using (var leaves = await host.OpenAsync())
            await leaves.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        // A connection is counted after its end, slightly later than the client sees it.
        await Expect.WithinAsync(host.Services.GetRequiredService<SessionRegistry>().WhenEmptyAsync(), "the connections are over");
        var closes = (await GetAsync(admin, "/admin/usage")).GetProperty("closes").EnumerateArray().Select(static c => (c.GetProperty("code").GetInt32(), c.GetProperty("cause").GetString()!));

        Assert.Equal([(1000, "client"), (1007, "credential"), (1007, "message")], closes.Order());
    }

    [Fact]
    public async Task Admin_ends_a_session()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        await using var client = await host.OpenAsync();
        var id = (await _model.FirstSessionAsync()).Start.SessionId;
        await client.EchoAsync("running");

        await SendAsync(admin, HttpMethod.Delete, "/admin/sessions/" + id, HttpStatusCode.NoContent);

        Assert.Equal(1008, (await client.ExpectCloseAsync()).Code);
        await SendAsync(admin, HttpMethod.Delete, "/admin/sessions/unknown", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer wrong")]
    [InlineData("Basic " + Secret)]
    [InlineData("Bearer " + LiveTestHost.Key)]
    public async Task Admin_requires_its_secret(string authorization)
    {
        await using var host = await StartAsync();
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        foreach (var path in (string[])["status", "keys", "sessions", "usage"])
        {
            using var response = await http.GetAsync(new Uri("/admin/" + path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(Secret, 8081)]
    public async Task Admin_answers_404_without_a_secret_or_on_another_port(string? secret, int? port)
    {
        await using var host = await StartAsync(options => (options.Admin.Secret, options.Admin.Port) = (secret, port));
        using var admin = Client(host);

        await SendAsync(admin, HttpMethod.Get, "/admin/keys", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("""{"name":"x","limits":{"maxSessions":0}}""")]
    [InlineData("""{"name":"x","limits":{"models":[null]}}""")]
    [InlineData("""{"name":"x","surprise":true}""")]
    public async Task Invalid_admin_request_is_refused_with_400(string body)
    {
        await using var host = await StartAsync();
        using var admin = Client(host);

        var error = await SendAsync(admin, HttpMethod.Post, "/admin/keys", HttpStatusCode.BadRequest, body);

        Assert.Equal("INVALID_ARGUMENT", error.GetProperty("error").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("""{"name":"x","limits":{}}""")]
    [InlineData("""{"name":"x","limits":{"minutesPerDay":5}}""")]
    public async Task Limits_without_models_are_accepted(string body)
    {
        await using var host = await StartAsync();
        using var admin = Client(host);

        await SendAsync(admin, HttpMethod.Post, "/admin/keys", HttpStatusCode.Created, body);
    }

    [Fact]
    public async Task Admin_logs_no_secret()
    {
        await using var host = await StartAsync();
        using var admin = Client(host);
        var created = await SendAsync(admin, HttpMethod.Post, "/admin/keys", HttpStatusCode.Created, """{"name":"site"}""");
        await using (await host.OpenAsync(key: created.GetProperty("secret").GetString()!))
        {
        }
        await host.StopAsync();

        Assert.All(host.Logs.Entries, entry => Assert.All((string[])[Secret, created.GetProperty("secret").GetString()!], secret =>
        {
            Assert.DoesNotContain(secret, entry.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(entry.Values, value => value.Value?.ToString()?.Contains(secret, StringComparison.Ordinal) is true);
        }));
    }

    private Task<InMemoryHost> StartAsync(Action<LiveApiOptions>? configure = null) => LiveTestHost.StartAsync(
        _model,
        options =>
        {
            options.Admin.Secret = Secret;
            configure?.Invoke(options);
        },
        app: static app => app.MapLiveAdmin());

    private static HttpClient Client(InMemoryHost host)
    {
        var http = host.CreateClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
        return http;
    }

    private static Task<JsonElement> GetAsync(HttpClient http, string path) => SendAsync(http, HttpMethod.Get, path, HttpStatusCode.OK);

    private static async Task<JsonElement> SendAsync(HttpClient http, HttpMethod method, string path, HttpStatusCode expected, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
