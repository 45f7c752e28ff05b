using Microsoft.Extensions.DependencyInjection;
using Parley.Protocol;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>Tokens that the application creates in code.</summary>
public sealed class LiveTokensTests
{
    private readonly EchoModel _model = new();
    private readonly TestClock _time = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Token_of_a_user_keeps_owner_limits_and_metadata_over_a_restart()
    {
        using var folder = new TempFolder();
        LiveToken token;
        await using (var before = await LiveTestHost.StartAsync(_model, time: _time, dataFolder: folder.Path))
        {
            token = await Tokens(before).CreateAsync(new LiveTokenRequest
            {
                User = new LiveUser { Id = "alice", Limits = new KeyLimits { MaxSessions = 1 }, Metadata = new Dictionary<string, string> { ["plan"] = "gold", ["order"] = "none" } },
                Metadata = new Dictionary<string, string> { ["order"] = "4711" },
                Uses = null,
                ExpireTime = _time.GetUtcNow().AddHours(1),
                NewSessionExpireTime = _time.GetUtcNow().AddMinutes(30),
            });
        }
        await using var host = await LiveTestHost.StartAsync(_model, time: _time, dataFolder: folder.Path);
        await using var client = await OpenAsync(host, token);

        var caller = (await _model.FirstSessionAsync()).Start.Caller!;
        Assert.Equal(("user:alice", "alice", "gold", "4711"), (caller.Owner, caller.UserId, caller.Metadata["plan"], caller.Metadata["order"]));
        Assert.Equal((true, _time.GetUtcNow().AddHours(1), _time.GetUtcNow().AddMinutes(30)), (caller.HasToken, token.ExpireTime, token.NewSessionExpireTime));
        Assert.Equal(LiveClose.QuotaExceeded.Reason, (await SignIn.RefusalAsync(ConnectAsync(host, token))).Reason);
        Assert.DoesNotContain(token.Name, token.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Message.Contains(token.Name, StringComparison.Ordinal) || entry.Message.Contains("alice", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LiveTestHost.Key, "configured-")]
    [InlineData("virtual", "")]
    public async Task Token_of_a_key_has_its_owner_and_ends_with_it(string key, string prefix)
    {
        await using var host = await LiveTestHost.StartAsync(_model, time: _time);
        var keys = host.Services.GetRequiredService<LiveKeys>();
        var created = await keys.CreateAsync("site");
        await using var direct = await host.OpenAsync(key: key == "virtual" ? created.Secret : key);

        var token = await Tokens(host).CreateAsync(new LiveTokenRequest { KeyId = key == "virtual" ? created.Key.Id : key, Metadata = new Dictionary<string, string> { ["a"] = "b" }, Uses = 2 });
        await using var client = await OpenAsync(host, token);

        var (first, second) = (_model.Sessions.Snapshot[0].Start.Caller!, _model.Sessions.Snapshot[1].Start.Caller!);
        Assert.Equal((first.Owner, first.KeyId, null, "b"), (second.Owner, second.KeyId, second.UserId, second.Metadata["a"]));
        Assert.StartsWith(prefix, second.KeyId, StringComparison.Ordinal);
        if (key != "virtual")
            return;
        await keys.RevokeAsync(created.Key.Id);
        Assert.Equal(LiveClose.InvalidKey.Reason, (await SignIn.RefusalAsync(ConnectAsync(host, token))).Reason);
        await Assert.ThrowsAsync<ArgumentException>(async () => await Tokens(host).CreateAsync(new LiveTokenRequest { KeyId = created.Key.Id }));
    }

    [Fact]
    public async Task Token_locks_its_setup_below_that_of_the_user()
    {
        await using var host = await LiveTestHost.StartAsync(_model, time: _time);
        var token = await Tokens(host).CreateAsync(new LiveTokenRequest
        {
            User = new LiveUser { Id = "alice", Setup = new Setup { GenerationConfig = new GenerationConfig { Temperature = 0.5 } }, FieldMask = ["generationConfig.temperature"] },
            Setup = new Setup { GenerationConfig = new GenerationConfig { Temperature = 1, TopK = 3 } },
            FieldMask = ["generationConfig"],
        });

        await using var client = await OpenAsync(host, token, """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","generationConfig":{"temperature":2,"topK":9}}}""");

        var generation = (await _model.FirstSessionAsync()).Start.Setup.GenerationConfig!;
        Assert.Equal((0.5, 3), (generation.Temperature, generation.TopK));
    }

    [Fact]
    public async Task Token_expires_and_is_used_up()
    {
        await using var host = await LiveTestHost.StartAsync(_model, time: _time, configure: static options =>
            (options.Connections.KeepAliveInterval, options.Connections.CloseTimeout) = (TimeSpan.Zero, TimeSpan.FromDays(1)));
        var once = await Tokens(host).CreateAsync(new LiveTokenRequest { User = new LiveUser { Id = "alice" } });
        await using var client = await OpenAsync(host, once);

        Assert.Equal(LiveClose.TokenUsedUp.Reason, (await SignIn.RefusalAsync(ConnectAsync(host, once))).Reason);
        var late = await Tokens(host).CreateAsync(new LiveTokenRequest { User = new LiveUser { Id = "alice" } });
        await _time.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(LiveClose.TokenTooLate.Reason, (await SignIn.RefusalAsync(ConnectAsync(host, late))).Reason);
    }

    [Fact]
    public async Task Invalid_request_is_refused_by_name()
    {
        await using var host = await LiveTestHost.StartAsync(_model, time: _time, configure: static options => options.Sessions.MaxTokens = 1);
        var user = new LiveUser { Id = "alice" };
        (LiveTokenRequest Request, string Error)[] invalid =
        [
            (new LiveTokenRequest(), "either KeyId or User"), (new LiveTokenRequest { User = user, KeyId = "x" }, "either KeyId or User"), (new LiveTokenRequest { KeyId = "x" }, "no valid key"),
            (new LiveTokenRequest { User = user, Uses = 0 }, "Uses"), (new LiveTokenRequest { User = user, ExpireTime = _time.GetUtcNow() }, "expire_time"),
            (new LiveTokenRequest { User = user, ExpireTime = _time.GetUtcNow().AddHours(20) }, "expire_time"), (new LiveTokenRequest { User = user, FieldMask = ["x"] }, "'x'"),
            (new LiveTokenRequest { User = user, Setup = new Setup { Model = "models/gemini-3.8-live" }, FieldMask = ["tools"] }, "field_mask"),
            (new LiveTokenRequest { User = user, Metadata = new Dictionary<string, string> { ["a"] = new('x', 513) } }, "Metadata"), (new LiveTokenRequest { User = new LiveUser { Id = "" } }, "id of a user"),
            (new LiveTokenRequest { User = user with { Limits = new KeyLimits { MaxSessions = 0 } } }, "Limits"),
        ];

        foreach (var (request, error) in invalid)
            Assert.Contains(error, (await Assert.ThrowsAsync<ArgumentException>(async () => await Tokens(host).CreateAsync(request))).Message, StringComparison.Ordinal);
        await Tokens(host).CreateAsync(new LiveTokenRequest { User = user });
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Tokens(host).CreateAsync(new LiveTokenRequest { User = user }));
    }

    private static ILiveTokens Tokens(InMemoryHost host) => host.Services.GetRequiredService<ILiveTokens>();

    private static Task<LiveSocket> ConnectAsync(InMemoryHost host, LiveToken token) => LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token.Name}");

    private static Task<LiveSocket> OpenAsync(InMemoryHost host, LiveToken token, string setup = LiveTestHost.Setup) => SignIn.OpenAsync(ConnectAsync(host, token), setup);
}
