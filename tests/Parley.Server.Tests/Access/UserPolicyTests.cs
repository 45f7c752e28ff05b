using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Tests.Events;
using Parley.Server.Tests.Support;
using Parley.Server.Webhooks;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>What the policy of an application decides: limits, models, setup and metadata of a user, and the end of its sessions.</summary>
public sealed class UserPolicyTests
{
    private static readonly (int, string) PermissionDenied = (1008, "The caller does not have permission");

    private readonly EchoModel _model = new();
    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Limits_are_counted_for_each_user()
    {
        await using var host = await StartAsync(new LiveUser { Id = "", Limits = new KeyLimits { MaxSessions = 1 } });
        await using var alice = await host.OpenWithJwtAsync(SignIn.Jwt());

        Assert.Equal((1011, LiveClose.QuotaExceeded.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt())));
        await using var bob = await host.OpenWithJwtAsync(SignIn.Jwt("bob"));
    }

    [Fact]
    public async Task Users_of_a_group_share_limits_and_usage()
    {
        await using var host = await StartAsync(new LiveUser { Id = "", Group = "acme", Limits = new KeyLimits { MaxSessions = 2, OpensPerMinute = 3 } });
        await using var alice = await host.OpenWithJwtAsync(SignIn.Jwt());
        await using var bob = await host.OpenWithJwtAsync(SignIn.Jwt("bob"));

        Assert.Equal((1011, LiveClose.QuotaExceeded.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt("carol"))));

        var callers = _model.Sessions.Snapshot.Select(static session => session.Start.Caller!).ToList();
        Assert.All(callers, static caller => Assert.True(caller.HasKey("users-acme")));
        Assert.Equal(["user:alice", "user:bob"], callers.Select(static caller => caller.Owner));
    }

    [Fact]
    public async Task Daily_tokens_of_a_user_end_the_session()
    {
        await using var host = await StartAsync(new LiveUser { Id = "", Limits = new KeyLimits { TokensPerDay = 100 } });
        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt());

        (await _model.FirstSessionAsync()).Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 100, TotalTokenCount = 100 } });

        Assert.Equal(LiveClose.QuotaExceeded.Reason, (await client.ExpectCloseAsync(skipMessages: true)).Reason);
        Assert.Equal((1011, LiveClose.QuotaExceeded.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt())));
        await using var bob = await host.OpenWithJwtAsync(SignIn.Jwt("bob"));
    }

    [Fact]
    public async Task Models_of_a_user_are_the_only_ones()
    {
        await using var host = await StartAsync(new LiveUser { Id = "", Limits = new KeyLimits { Models = ["gemini-2.5-*"] } });

        var refusal = await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt()), """{"setup":{"model":"models/gemini-3.8-live"}}""");
        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt());
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + SignIn.Jwt());

        Assert.Equal(LiveClose.UnknownModel("models/gemini-3.8-live", "v1beta").Reason, refusal.Reason);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/v1beta/models/gemini-3.8-live", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Pinned_setup_wins_over_the_client_and_over_its_tokens()
    {
        await using var host = await StartAsync(new LiveUser
        {
            Id = "", Setup = new Setup { SystemInstruction = new Content { Parts = [new Part { Text = "Bicycles." }] } }, FieldMask = ["systemInstruction", "tools"],
        });
        const string Cars = """{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","systemInstruction":{"parts":[{"text":"Cars."}]},"generationConfig":{"topK":3}}""";
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + SignIn.Jwt());

        await using var direct = await host.OpenWithJwtAsync(SignIn.Jwt(), $$$"""{"setup":{{{Cars}}}}""");
        foreach (var request in (string[])["{}", $$$"""{"bidiGenerateContentSetup":{{{Cars}}}}""", """{"bidiGenerateContentSetup":{"generationConfig":{"topK":3}},"fieldMask":"generationConfig.topK"}"""])
        {
            var token = await MintAsync(http, request);
            await using var onToken = await host.OpenWithJwtAsync(SignIn.Jwt(), $$$"""{"setup":{{{Cars}}}}""", $"{LiveTestHost.Constrained}?access_token={token}");
            await onToken.SendJsonAsync("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Cars."}]}}}""");
            Assert.Equal(1007, (await onToken.ExpectCloseAsync()).Code);
        }

        Assert.Equal(4, _model.Sessions.Snapshot.Count);
        Assert.All(_model.Sessions.Snapshot, static session => Assert.Equal("Bicycles.", session.Start.Setup.SystemInstruction!.Parts![0].Text));
        Assert.All(_model.Sessions.Snapshot, static session => Assert.Equal(3, session.Start.Setup.GenerationConfig!.TopK));
        await direct.SendJsonAsync("""{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Cars."}]}}}""");
        Assert.Equal(1007, (await direct.ExpectCloseAsync()).Code);
    }

    [Fact]
    public async Task Metadata_and_owner_reach_model_usage_and_events()
    {
        var (usage, events) = (new UsageLog(), new EventRecorder());
        await using var host = await StartAsync(
            new LiveUser { Id = "", Metadata = new Dictionary<string, string> { ["plan"] = "gold" } }, services: services => services.AddSingleton<IUsageSink>(usage).AddSingleton<ILiveSessionEvents>(events));

        await using (var client = await host.OpenWithJwtAsync(SignIn.Jwt()))
            (await _model.FirstSessionAsync()).Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 7, TotalTokenCount = 7 } });

        var record = await usage.Records.FirstAsync(static record => record.Usage.PromptTokenCount == 7, "the usage");
        Assert.Equal(("user:alice", "alice", "gold"), (record.Owner, record.Caller!.UserId, record.Caller.Metadata["plan"]));
        Assert.Equal(("alice", "gold"), (_model.Sessions.Snapshot[0].Start.Caller!.UserId, _model.Sessions.Snapshot[0].Start.Caller!.Metadata["plan"]));
        Assert.DoesNotContain("alice", JsonSerializer.Serialize(record.Caller), StringComparison.Ordinal);
        var started = await events.FirstAsync<LiveSessionStarted>();
        Assert.NotNull(started.Session.Caller.Principal);
        Assert.Contains("\"owner\":\"user:alice\",\"onToken\":false,\"user\":\"alice\",\"metadata\":{\"plan\":\"gold\"}}", System.Text.Encoding.UTF8.GetString(EventJson.Write(started)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task User_who_is_revoked_while_talking_is_closed_with_1008(bool isSignalled)
    {
        var policy = new SwitchPolicy();
        await using var host = await StartAsync(policy);
        await using var alice = await host.OpenWithJwtAsync(SignIn.Jwt());
        await using var onToken = await OpenOnTokenAsync(host, "alice");
        await using var bob = await host.OpenWithJwtAsync(SignIn.Jwt("bob"));

        policy.Refused.Add("alice");
        if (isSignalled)
            await host.Services.GetRequiredService<LiveUsers>().RecheckAsync("alice");
        else
            await _time.AdvanceAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(PermissionDenied, await CloseAsync(alice));
        Assert.Equal(PermissionDenied, await CloseAsync(onToken));
        await bob.EchoAsync("still here");
        Assert.Equal(PermissionDenied, await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt())));
    }

    [Fact]
    public async Task Tokens_of_a_revoked_user_open_nothing()
    {
        var policy = new SwitchPolicy();
        await using var host = await StartAsync(policy, authorizes: false);
        var token = await host.Services.GetRequiredService<ILiveTokens>().CreateAsync(new LiveTokenRequest { User = new LiveUser { Id = "alice" } });

        policy.Refused.Add("alice");

        Assert.Equal(PermissionDenied, await SignIn.RefusalAsync(LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token.Name}")));
    }

    [Fact]
    public async Task Application_ends_the_sessions_of_a_user()
    {
        await using var host = await StartAsync(new LiveUser { Id = "" });
        await using var alice = await host.OpenWithJwtAsync(SignIn.Jwt());
        await using var bob = await host.OpenWithJwtAsync(SignIn.Jwt("bob"));

        await host.Services.GetRequiredService<LiveUsers>().EndSessionsAsync("alice");

        Assert.Equal(PermissionDenied, await CloseAsync(alice));
        await bob.EchoAsync("still here");
    }

    [Fact]
    public async Task Limits_that_change_during_a_session_apply_to_it()
    {
        var policy = new SwitchPolicy();
        await using var host = await StartAsync(policy);
        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt());
        (await _model.FirstSessionAsync()).Output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 50, TotalTokenCount = 50 } });
        await client.ReceiveUntilAsync(static frame => frame.Has("usageMetadata"));

        policy.Limits = new KeyLimits { TokensPerDay = 10 };
        await host.Services.GetRequiredService<LiveUsers>().RecheckAsync("alice");

        Assert.Equal((1011, LiveClose.QuotaExceeded.Reason), await CloseAsync(client));
    }

    [Fact]
    public async Task Failing_policy_closes_new_sessions_and_lets_running_ones_go_on()
    {
        var policy = new SwitchPolicy();
        await using var host = await StartAsync(policy);
        host.AllowErrors(static entry => entry.EventId.Id == 1074);
        await using var client = await host.OpenWithJwtAsync(SignIn.Jwt());

        policy.Fails = true;
        await host.Services.GetRequiredService<LiveUsers>().RecheckAsync("alice");
        await host.Logs.FirstAsync(static entry => entry.EventId.Id == 1074, "the failure is logged");

        Assert.Equal((1011, LiveClose.Unavailable.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt())));
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + SignIn.Jwt());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri("/v1beta/models", UriKind.Relative))).StatusCode);
        await client.EchoAsync("still here");
    }

    [Fact]
    public async Task Hanging_policy_is_given_up_and_keeps_nobody_else_from_being_checked()
    {
        var policy = new SwitchPolicy();
        await using var host = await StartAsync(policy, authorizes: false);
        host.AllowErrors(static entry => entry.EventId.Id == 1074);
        var keys = host.Services.GetRequiredService<LiveKeys>();
        var key = await keys.CreateAsync("site");
        await using var user = await host.OpenWithJwtAsync(SignIn.Jwt());
        await using var revoked = await host.OpenAsync(key: key.Secret);

        policy.Hangs = true;
        var refused = SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt("bob")));
        await _time.AdvanceUntilAsync(refused, UserRing.LongestAnswer);
        await keys.RevokeAsync(key.Key.Id);
        var closed = CloseAsync(revoked);
        await _time.AdvanceAsync(TimeSpan.FromSeconds(30));
        await _time.AdvanceUntilAsync(closed, UserRing.LongestAnswer);

        Assert.Equal((1011, LiveClose.Unavailable.Reason), await refused);
        Assert.Equal((1007, LiveClose.InvalidKey.Reason), await closed);
        await user.EchoAsync("still here");
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("line\nbreak", null, null)]
    [InlineData("alice", "no spaces", null)]
    [InlineData("alice", null, "noSuchField")]
    public async Task Invalid_user_of_a_policy_is_its_failure(string id, string? group, string? mask)
    {
        await using var host = await SignIn.StartAsync(_model, _time, live => live.UseUsers(_ => new LiveUser { Id = id, Group = group, FieldMask = mask is null ? [] : [mask] }));
        host.AllowErrors(static entry => entry.EventId.Id == 1074);

        Assert.Equal((1011, LiveClose.Unavailable.Reason), await SignIn.RefusalAsync(host.ConnectWithJwtAsync(SignIn.Jwt())));
    }

    [Fact]
    public async Task Policy_without_authorization_serves_users_and_keys_side_by_side()
    {
        await using var host = await StartAsync(new LiveUser { Id = "" }, authorizes: false);

        await using var user = await host.OpenWithJwtAsync(SignIn.Jwt());
        await using var key = await host.OpenAsync();

        Assert.Equal(["user:alice"], _model.Sessions.Snapshot.Select(static session => session.Start.Caller!.Owner).Where(static owner => owner.StartsWith("user:", StringComparison.Ordinal)));
        Assert.Equal(1008, (await SignIn.RefusalAsync(LiveSocket.ConnectAsync(host, LiveTestHost.Path))).Code);
    }

    [Fact]
    public async Task Refused_user_gets_403_in_place_of_the_upgrade_if_configured()
    {
        await using var host = await SignIn.StartAsync(_model, _time, static live => live.UseUsers(static _ => null), static options => options.RejectAtHttp = true);

        Assert.Equal(HttpStatusCode.Forbidden, await host.ExpectRefusedAsync(LiveTestHost.Path, static options => options.SetRequestHeader("Authorization", "Bearer " + SignIn.Jwt())));
    }

    private Task<InMemoryHost> StartAsync(LiveUser user, bool authorizes = true, Action<IServiceCollection>? services = null) => SignIn.StartAsync(
        _model, _time, live => live.UseUsers(principal => user with { Id = IdOf(principal) }), Quiet, authorizes: authorizes, services: services);

    private Task<InMemoryHost> StartAsync(SwitchPolicy policy, bool authorizes = true) => SignIn.StartAsync(
        _model, _time, static live => live.UseUsers<SwitchPolicy>(), Quiet, authorizes: authorizes, services: services => services.AddScoped<ILiveUserPolicy>(_ => policy));

    private async Task<LiveSocket> OpenOnTokenAsync(InMemoryHost host, string userId)
    {
        var token = await host.Services.GetRequiredService<ILiveTokens>().CreateAsync(new LiveTokenRequest { User = new LiveUser { Id = userId } });
        return await host.OpenWithJwtAsync(SignIn.Jwt(userId), path: $"{LiveTestHost.Constrained}?access_token={token.Name}");
    }

    private static void Quiet(LiveApiOptions options) =>
        (options.Connections.KeepAliveInterval, options.Connections.CloseTimeout, options.Connections.SetupTimeout) = (TimeSpan.Zero, TimeSpan.FromDays(1), TimeSpan.FromDays(1));

    private static string IdOf(ClaimsPrincipal principal) => principal.FindFirstValue(ClaimTypes.NameIdentifier)!;

    private static async Task<string> MintAsync(HttpClient http, string request)
    {
        using var minted = await http.PostAsync(new Uri("/v1alpha/auth_tokens", UriKind.Relative), new StringContent(request));
        var body = await minted.Content.ReadAsStringAsync();
        return JsonDocument.Parse(body).RootElement.TryGetProperty("name", out var name) ? name.GetString()! : throw new InvalidOperationException(body);
    }

    private static async Task<(int, string)> CloseAsync(LiveSocket client)
    {
        var close = await client.ExpectCloseAsync(skipMessages: true);
        return (close.Code, close.Reason);
    }

    private sealed class UsageLog : IUsageSink
    {
        public EventLog<UsageRecord> Records { get; } = new();

        public void Record(in UsageRecord record) => Records.Add(record);
    }

    private sealed class SwitchPolicy : ILiveUserPolicy
    {
        public HashSet<string> Refused { get; } = [];

        public KeyLimits Limits { get; set; } = new();

        public bool Fails { get; set; }

        public bool Hangs { get; set; }

        public ValueTask<LiveUser?> FindAsync(LiveUserRequest request, CancellationToken cancellationToken) => AnswerAsync(IdOf(request.Principal));

        public ValueTask<LiveUser?> RecheckAsync(LiveUser user, CancellationToken cancellationToken) => AnswerAsync(user.Id);

        private ValueTask<LiveUser?> AnswerAsync(string id) => Hangs ? new(new TaskCompletionSource<LiveUser?>().Task) : new(Find(id));

        private LiveUser? Find(string id) =>
            Fails ? throw new TimeoutException("The directory does not answer.") : Refused.Contains(id) ? null : new LiveUser { Id = id, Limits = Limits };
    }
}
