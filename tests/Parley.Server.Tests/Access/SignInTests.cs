using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>Schemes of the application in front of the API: what a principal opens, alone and beside keys and tokens.</summary>
public sealed class SignInTests
{
    private static readonly string[] Cookies = [CookieAuthenticationDefaults.AuthenticationScheme], Claims = ["Claims"];
    private static readonly (int, string) PermissionDenied = (1008, "The caller does not have permission");

    private readonly EchoModel _model = new();
    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(LiveTestHost.Path)]
    [InlineData(LiveTestHost.Constrained)]
    [InlineData("/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent")]
    public async Task Jwt_alone_opens_a_session(string path)
    {
        await using var host = await SignIn.StartAsync(_model);
        var jwt = SignIn.Jwt();

        await using var inHeader = await host.OpenWithJwtAsync(jwt, path: path);
        await using var inQuery = await SignIn.OpenAsync(LiveSocket.ConnectAsync(host, $"{path}?access_token={jwt}"));
        await using var asKey = await SignIn.OpenAsync(LiveSocket.ConnectAsync(host, $"{path}?key={jwt}"));
        await using var asKeyHeader = await SignIn.OpenAsync(LiveSocket.ConnectAsync(host, path, options => options.SetRequestHeader("x-goog-api-key", jwt)));

        var callers = _model.Sessions.Snapshot.Select(static session => session.Start.Caller!).ToList();
        Assert.Equal(4, callers.Count);
        Assert.All(callers, caller => Assert.Equal("alice", caller.Principal!.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)!.Value));
        Assert.Single(callers.Select(static caller => caller.Owner).Distinct());
        Assert.StartsWith("user:", callers[0].Owner, StringComparison.Ordinal);
        Assert.Equal("user:" + callers[0].UserId, callers[0].Owner);
        Assert.StartsWith("user-", callers[0].KeyId, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Message.Contains(jwt, StringComparison.Ordinal) || entry.Message.Contains(callers[0].UserId!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invalid_jwt_is_refused_with_401_in_place_of_the_upgrade()
    {
        await using var host = await SignIn.StartAsync(_model, _time);
        string[] invalid =
        [
            SignIn.Jwt(expires: _time.GetUtcNow().AddSeconds(-1)), SignIn.Jwt(audience: "another"), SignIn.Jwt(issuer: "https://evil.example.test/"), SignIn.Jwt()[..^2] + "AA", "x", "auth_tokens/x",
        ];

        foreach (var jwt in invalid)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync(LiveTestHost.Path, options => options.SetRequestHeader("Authorization", "Bearer " + jwt)));
            Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync($"{LiveTestHost.Path}?access_token={jwt}"));
        }
        Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync(LiveTestHost.Path));
        // A key of this server is no sign-in.
        Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync($"{LiveTestHost.Path}?key={LiveTestHost.Key}"));
        Assert.Empty(_model.Sessions.Snapshot);
        Assert.DoesNotContain(host.Logs.Entries, entry => invalid[..4].Any(jwt => entry.Message.Contains(jwt, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Health_stays_reachable(bool authorizes)
    {
        await using var host = await SignIn.StartAsync(
            _model, authorizes: authorizes, services: services => services.Configure<AuthorizationOptions>(static options => options.FallbackPolicy = options.DefaultPolicy));
        using var http = host.CreateClient();

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/healthz", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/v1beta/models", UriKind.Relative))).StatusCode);
        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt());
    }

    [Fact]
    public async Task Http_methods_accept_the_principal()
    {
        await using var host = await SignIn.StartAsync(_model);
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + SignIn.Jwt());

        Assert.Contains("gemini", await http.GetStringAsync(new Uri("/v1beta/models", UriKind.Relative)), StringComparison.Ordinal);
        using var minted = await http.PostAsync(new Uri("/v1alpha/auth_tokens", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json"));
        var token = System.Text.Json.JsonDocument.Parse(await minted.Content.ReadAsStringAsync()).RootElement.GetProperty("name").GetString()!;
        await using var direct = await host.OpenWithJwtAsync(SignIn.Jwt());
        await using var onToken = await host.OpenWithJwtAsync(SignIn.Jwt(), path: $"{LiveTestHost.Constrained}?access_token={token}");

        var (first, second) = (_model.Sessions.Snapshot[0].Start.Caller!, _model.Sessions.Snapshot[1].Start.Caller!);
        Assert.Equal((first.Owner, first.KeyId, first.UserId, true), (second.Owner, second.KeyId, second.UserId, second.HasToken));
    }

    [Fact]
    public async Task Token_of_a_user_is_refused_with_the_sign_in_of_another()
    {
        await using var host = await SignIn.StartAsync(_model);
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + SignIn.Jwt());
        using var minted = await http.PostAsync(new Uri("/v1alpha/auth_tokens", UriKind.Relative), new StringContent("{}"));
        var token = System.Text.Json.JsonDocument.Parse(await minted.Content.ReadAsStringAsync()).RootElement.GetProperty("name").GetString()!;

        Assert.Equal(PermissionDenied, await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt("bob"), $"{LiveTestHost.Constrained}?access_token={token}")));
    }

    [Fact]
    public async Task Cookie_opens_a_session_for_pages_of_this_server_and_of_allowed_origins()
    {
        await using var host = await SignIn.StartAsync(_model, schemes: Cookies);
        // Not a redirect to a page.
        Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync(LiveTestHost.Path));
        var cookie = await host.CookieAsync("alice");
        // The last one is a trick: a page adds what looks like a credential that no browser adds by itself.
        (string Path, string? Origin, bool IsAllowed)[] requests =
        [
            (LiveTestHost.Path, null, true), (LiveTestHost.Path, "http://parley.test", true), (LiveTestHost.Path, "https://evil.example", false), (LiveTestHost.Path, "null", false),
            (LiveTestHost.Path + "?access_token=x", "https://evil.example", false),
        ];

        foreach (var (path, origin, isAllowed) in requests)
        {
            void Configure(System.Net.WebSockets.ClientWebSocketOptions options)
            {
                options.SetRequestHeader("Cookie", cookie);
                if (origin is not null)
                    options.SetRequestHeader("Origin", origin);
            }

            if (isAllowed)
                await (await SignIn.OpenAsync(LiveSocket.ConnectAsync(host, path, Configure))).DisposeAsync();
            else
                Assert.Equal(HttpStatusCode.Forbidden, await host.ExpectRefusedAsync(path, Configure));
        }

        await using var open = await SignIn.StartAsync(_model, schemes: Cookies, options: static options => options.AllowedOrigins.Add("https://app.example"));
        cookie = await open.CookieAsync("alice");
        await using var client = await SignIn.OpenAsync(LiveSocket.ConnectAsync(open, LiveTestHost.Path, options =>
        {
            options.SetRequestHeader("Cookie", cookie);
            options.SetRequestHeader("Origin", "https://app.example");
        }));
        Assert.Equal("alice", _model.Sessions.Snapshot[^1].Start.Caller!.Principal!.Identity!.Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Jwt_of_a_page_of_another_site_opens_a_session_beside_unrelated_cookies(bool inHeader)
    {
        await using var host = await SignIn.StartAsync(_model, schemes: ["Bearer", .. Cookies]);

        await using var client = await SignIn.OpenAsync(LiveSocket.ConnectAsync(host, inHeader ? LiveTestHost.Path : $"{LiveTestHost.Path}?access_token={SignIn.Jwt()}", options =>
        {
            options.SetRequestHeader("Origin", "https://app.example");
            options.SetRequestHeader("Cookie", "theme=dark");
            if (inHeader)
                options.SetRequestHeader("Authorization", "Bearer " + SignIn.Jwt());
        }));
    }

    [Fact]
    public async Task Page_of_another_site_cannot_mint_a_token_with_the_cookie_of_a_user()
    {
        await using var host = await SignIn.StartAsync(_model, schemes: Cookies);
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("Cookie", await host.CookieAsync("alice"));
        http.DefaultRequestHeaders.Add("Origin", "https://evil.example");

        using var minted = await http.PostAsync(new Uri("/v1alpha/auth_tokens", UriKind.Relative), new StringContent("{}"));

        Assert.Equal(HttpStatusCode.Forbidden, minted.StatusCode);
    }

    [Theory]
    [InlineData($"{LiveTestHost.Path}?key={SignIn.ApplicationKey}", null)]
    [InlineData(LiveTestHost.Path, SignIn.ApplicationKey)]
    public async Task Key_handler_of_the_application_opens_a_session(string path, string? header)
    {
        await using var host = await SignIn.StartAsync(_model, schemes: ["ApplicationKey"]);

        await using var client = await SignIn.OpenAsync(LiveSocket.ConnectAsync(host, path, options => options.SetRequestHeader("x-goog-api-key", header)));

        Assert.Equal("carol", Assert.Single(_model.Sessions.Snapshot).Start.Caller!.Principal!.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)!.Value);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync($"{LiveTestHost.Path}?key=another"));
        Assert.DoesNotContain(host.Logs.Entries, static entry => entry.Message.Contains(SignIn.ApplicationKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_of_this_server_decides_beside_a_jwt()
    {
        await using var host = await SignIn.StartAsync(_model);

        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt(), path: $"{LiveTestHost.Path}?key={LiveTestHost.Key}");

        var caller = Assert.Single(_model.Sessions.Snapshot).Start.Caller!;
        Assert.StartsWith("configured-", caller.KeyId, StringComparison.Ordinal);
        Assert.Null(caller.UserId);
        Assert.NotNull(caller.Principal);
        Assert.Equal((1007, LiveClose.InvalidKey.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt(), $"{LiveTestHost.Path}?key=wrong")));
        Assert.Equal((1007, LiveClose.InvalidKey.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt(), $"{LiveTestHost.Constrained}?access_token=auth_tokens/wrong")));
    }

    [Fact]
    public async Task Jwt_in_the_header_takes_precedence_over_one_in_the_query()
    {
        await using var host = await SignIn.StartAsync(_model);

        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt("alice"), path: $"{LiveTestHost.Path}?access_token={SignIn.Jwt("bob")}");

        Assert.Equal("alice", Assert.Single(_model.Sessions.Snapshot).Start.Caller!.Principal!.FindFirst(System.Security.Claims.ClaimTypes.NameIdentifier)!.Value);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.ExpectRefusedAsync($"{LiveTestHost.Path}?access_token={SignIn.Jwt("bob")}", static options => options.SetRequestHeader("Authorization", "Bearer x")));
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("ACCESS_TOKEN")]
    [InlineData("key")]
    [InlineData("token")]
    [InlineData("jwt")]
    [InlineData("id_token")]
    [InlineData("x")]
    public async Task Jwt_in_a_query_string_is_in_no_log_whatever_its_name(string name)
    {
        await using var host = await SignIn.StartAsync(_model);
        var jwt = SignIn.Jwt();
        using var http = host.CreateClient();

        await http.GetAsync(new Uri($"/v1beta/models?{name}={jwt}", UriKind.Relative));
        await http.GetAsync(new Uri($"{LiveTestHost.Path}?a=b&{name}={jwt}&c=d", UriKind.Relative));

        Assert.Contains(host.Logs.Entries, static entry => entry.Message.Contains("/v1beta/models", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Message.Contains(jwt[..40], StringComparison.Ordinal) || entry.Message.Contains(jwt[^20..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sub=alice", true)]
    [InlineData("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name=alice", true)]
    [InlineData("sub=alice;!sub=bob", true)]
    [InlineData("!sub=bob;sub=alice", true)]
    [InlineData("sub=alice;sub=alice", true)]
    [InlineData("sub=alice;role=admin", true)]
    [InlineData("role=admin", false)]
    [InlineData("sub= ", false)]
    [InlineData("sub=alice;sub=bob", false)]
    public async Task Principal_opens_a_session_only_if_it_stands_for_one_user(string claims, bool isAccepted)
    {
        await using var host = await SignIn.StartAsync(_model, schemes: Claims);
        var connecting = LiveSocket.ConnectAsync(host, LiveTestHost.Path, options => options.SetRequestHeader(ClaimsHandler.Header, claims));

        if (isAccepted)
            await (await SignIn.OpenAsync(connecting)).DisposeAsync();
        else
            Assert.Equal(PermissionDenied, await SignIn.RefusalAsync(connecting));
    }

    [Fact]
    public async Task Jwt_without_a_subject_is_refused_even_with_a_name()
    {
        await using var host = await SignIn.StartAsync(_model);

        Assert.Equal(PermissionDenied, await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt(subject: null, claims: ("unique_name", "alice")))));
    }

    [Fact]
    public async Task Sign_in_of_an_application_that_did_not_ask_for_it_opens_nothing()
    {
        await using var host = await SignIn.StartAsync(_model, authorizes: false);

        Assert.Equal((1007, LiveClose.InvalidKey.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt())));
        Assert.Equal(1008, (await SignIn.RefusalAsync(LiveSocket.ConnectAsync(host, LiveTestHost.Path))).Code);
    }

    [Fact]
    public async Task Ids_are_the_same_on_every_server_and_differ_by_issuer_and_scheme()
    {
        var jwts = new[] { SignIn.Jwt(), SignIn.Jwt(), SignIn.Jwt("bob"), SignIn.Jwt(issuer: "https://other.example.test/") };
        foreach (var jwt in jwts)
        {
            await using var host = await SignIn.StartAsync(_model);
            await using var client = await host.OpenWithJwtAsync(jwt);
        }
        await using var other = await SignIn.StartAsync(_model, schemes: Claims);
        await using var byClaims = await SignIn.OpenAsync(LiveSocket.ConnectAsync(other, LiveTestHost.Path, static options => options.SetRequestHeader(ClaimsHandler.Header, "sub=alice")));

        var owners = _model.Sessions.Snapshot.Select(static session => session.Start.Caller!.Owner).ToList();
        Assert.Equal(owners[0], owners[1]);
        Assert.Equal(4, owners.Distinct().Count());
    }

    [Fact]
    public async Task Session_is_resumed_after_a_restart_by_its_user_only()
    {
        using var folder = new TempFolder();
        string handle;
        await using (var before = await SignIn.StartAsync(_model, dataFolder: folder.Path, services: AddCodec))
        {
            await using var client = await before.OpenWithJwtAsync(SignIn.Jwt(), LiveTestHost.ResumableSetup);
            var session = await _model.FirstSessionAsync();
            session.Output.Checkpoint("so far");
            handle = (await client.ReceiveUntilAsync(static frame => frame.NewHandle() is not null)).NewHandle()!;
        }

        await using var host = await SignIn.StartAsync(_model, dataFolder: folder.Path, services: AddCodec);
        var setup = LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal);
        Assert.Equal((1007, LiveClose.InvalidHandle.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt("bob")), setup));
        Assert.Equal((1007, LiveClose.InvalidHandle.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt(), $"{LiveTestHost.Path}?key={LiveTestHost.Key}"), setup));
        await using var resumed = await host.OpenWithJwtAsync(SignIn.Jwt(), setup);

        var (first, last) = (_model.Sessions.Snapshot[0].Start, _model.Sessions.Snapshot[^1].Start);
        Assert.Equal((first.SessionId, first.Caller!.Owner, first.Caller.KeyId), (last.SessionId, last.Caller!.Owner, last.Caller.KeyId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Expiry_of_the_jwt_ends_the_connection_only_if_configured(bool ends)
    {
        await using var host = await SignIn.StartAsync(_model, _time, options: options =>
        {
            options.SignIn.EndAtExpiry = ends;
            (options.Connections.KeepAliveInterval, options.Connections.CloseTimeout) = (TimeSpan.Zero, TimeSpan.FromDays(1));
        });
        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt(expires: _time.GetUtcNow().AddMinutes(2)));

        await _time.AdvanceAsync(TimeSpan.FromMinutes(2));

        if (ends)
        {
            Assert.Equal((1008, LiveClose.Aborted.Reason), await CloseAsync(client));
            Assert.Contains(client.Received, static frame => frame.Has("goAway"));
            return;
        }
        await client.EchoAsync("still here");
    }

    [Fact]
    public async Task Expired_sign_in_starts_nothing_and_bounds_the_tokens_of_its_user()
    {
        await using var host = await SignIn.StartAsync(_model, _time, options: static options =>
        {
            options.SignIn.EndAtExpiry = true;
            (options.Connections.KeepAliveInterval, options.Connections.CloseTimeout, options.Connections.SetupTimeout) = (TimeSpan.Zero, TimeSpan.FromDays(1), TimeSpan.FromDays(1));
        });
        var jwt = SignIn.Jwt(expires: _time.GetUtcNow().AddMinutes(2));
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + jwt);
        using var minted = await http.PostAsync(
            new Uri("/v1alpha/auth_tokens", UriKind.Relative), new StringContent("""{"uses":0,"newSessionExpireTime":"2026-11-22T11:00:00Z","expireTime":"2026-11-22T12:00:00Z"}"""));
        var token = System.Text.Json.JsonDocument.Parse(await minted.Content.ReadAsStringAsync()).RootElement.GetProperty("name").GetString()!;
        await using var waiting = await host.ConnectWithJwtAsync(jwt);

        await _time.AdvanceAsync(TimeSpan.FromMinutes(2));

        await waiting.SendJsonAsync(LiveTestHost.Setup);
        var close = await waiting.ExpectCloseAsync();
        Assert.Equal(1008, close.Code);
        Assert.StartsWith("Request had invalid authentication credentials.", close.Reason, StringComparison.Ordinal);
        var fresh = SignIn.Jwt(expires: _time.GetUtcNow().AddMinutes(2));
        Assert.Equal((1008, LiveClose.ExpiredToken.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(fresh, $"{LiveTestHost.Constrained}?access_token={token}")));
    }

    private static void AddCodec(IServiceCollection services) => services.AddSingleton<ILiveCheckpointCodec, TextCodec>();

    private static async Task<(int, string)> CloseAsync(LiveSocket client)
    {
        var close = await client.ExpectCloseAsync(skipMessages: true);
        return (close.Code, close.Reason);
    }
}
