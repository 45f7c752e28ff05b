using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Parley.Server.Tests.Support;
using Parley.Server.Tests.Telemetry;
using Parley.Server.Webhooks;

namespace Parley.Server.Tests.Webhooks;

public sealed class WebhookTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly Receiver _receiver = new();
    private readonly TestClock _clock = new();
    private readonly EchoModel _model = new() { CompletesTurns = true };

    public void Dispose() => _receiver.Dispose();

    [Fact]
    public async Task Events_arrive_as_signed_json()
    {
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        await client.EchoAsync("hello");
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        var ended = await _receiver.FirstAsync("session.ended");
        var turn = await _receiver.FirstAsync("turn.ended");
        var said = await _receiver.FirstAsync("transcript.final");

        Assert.Equal("https://crm.example.com/hooks?tenant=7", ended.Url.ToString());
        Assert.Equal(ended.Id, ended.Json.GetProperty("id").GetString());
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), ended.Headers["webhook-timestamp"]);
        // Computed here by the definition, not by the code under test.
        var signed = Encoding.UTF8.GetBytes($"{ended.Id}.{ended.Headers["webhook-timestamp"]}.").Concat(ended.Body).ToArray();
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Secret[6..]), signed)), ended.Headers["webhook-signature"]);
        var session = ended.Json.GetProperty("session");
        Assert.Equal("models/gemini-2.5-flash-native-audio-preview-12-2025", session.GetProperty("model").GetString());
        Assert.False(session.GetProperty("relayed").GetBoolean());
        var data = ended.Json.GetProperty("data");
        Assert.Equal((1000, "client"), (data.GetProperty("code").GetInt32(), data.GetProperty("cause").GetString()));
        Assert.Equal("completed", turn.Json.GetProperty("data").GetProperty("outcome").GetString());
        Assert.Equal("hello", said.Json.GetProperty("data").GetProperty("text").GetString());
        Assert.Equal(6, _receiver.Requests.Snapshot.Select(static request => request.Id).Distinct().Count());
    }

    [Fact]
    public void Example_of_the_standard_is_signed_as_it_says()
    {
        // The example of the Standard Webhooks specification: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
        var webhook = new Webhook("crm", new LiveWebhookOptions { Url = new Uri("https://example.com"), Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });

        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            webhook.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, """{"test": 2432232314}"""u8));
    }

    [Fact]
    public async Task Receiver_that_was_down_gets_every_event_once_it_is_back()
    {
        _receiver.Answer = static _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        await using var host = await StartAsync();
        using var meter = new MeterReader(host);
        await using var client = await host.OpenAsync();
        await client.EchoAsync("hello");
        await _receiver.FirstAsync("turn.ended");

        // A minute: each event is tried again after 1, 2, 4 … s.
        for (var second = 0; second < 60; second++)
            await PollAsync();
        Assert.Empty(_receiver.Taken);
        _receiver.Answer = static _ => new HttpResponseMessage(HttpStatusCode.NoContent);
        await _clock.AdvanceUntilAsync(WhenTakenAsync(5), WebhookSender.PollInterval);

        Assert.Equal(5, _receiver.Taken.Distinct().Count());
        Assert.Equal(5, meter.Sum("parley.webhooks.deliveries", ("parley.outcome", "delivered")));
        var attempts = _receiver.Requests.Snapshot.GroupBy(static request => request.Id).ToList();
        // 0, 1, 3, 7, 15, 31 and 63 s, spread by a fifth: six or seven, never one a second.
        Assert.All(attempts, static attempt => Assert.InRange(attempt.Count(), 6, 8));
        Assert.All(attempts, static attempt => Assert.Single(attempt.Select(static request => Convert.ToBase64String(request.Body)).Distinct()));
        Assert.Contains(host.Logs.Entries, static entry => entry.Message.StartsWith("Webhook crm at crm.example.com failed: status 503, attempt 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restarted_server_delivers_what_waited()
    {
        using var folder = new TempFolder();
        _receiver.Answer = static _ => throw new HttpRequestException("down");
        await using (var host = await StartAsync(dataFolder: folder.Path))
        {
            await using var client = await host.OpenAsync();
            await client.EchoAsync("hello");
            await _receiver.FirstAsync("turn.ended");
        }
        var before = _receiver.Requests.Snapshot.Select(static request => request.Id).ToHashSet();
        Assert.Empty(_receiver.Taken);

        _receiver.Answer = static _ => new HttpResponseMessage(HttpStatusCode.OK);
        await using var next = await StartAsync(dataFolder: folder.Path);
        await _clock.AdvanceUntilAsync(WhenTakenAsync(before.Count), WebhookSender.PollInterval);

        Assert.Superset(before, _receiver.Taken.ToHashSet());
        Assert.Equal(_receiver.Taken.Count, _receiver.Taken.Distinct().Count());
    }

    [Fact]
    public async Task Only_the_chosen_events_are_sent()
    {
        await using var host = await StartAsync(static webhook =>
        {
            webhook.Events.Add("session.*");
            webhook.Events.Add("turn.ended");
        });
        await using var client = await host.OpenAsync();
        await client.EchoAsync("hello");
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await _receiver.FirstAsync("session.ended");

        Assert.Equal(["session.ended", "session.started", "turn.ended"], _receiver.Requests.Snapshot.Select(static request => request.Type).Order());
    }

    [Fact]
    public async Task Receiver_says_when_to_come_again()
    {
        var first = true;
        _receiver.Answer = _ =>
        {
            var response = new HttpResponseMessage(first ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
            if (first)
                response.Headers.Add("Retry-After", "30");
            first = false;
            return response;
        };
        await using var host = await StartAsync(static webhook => webhook.Events.Add("session.started"));
        await using var client = await host.OpenAsync();
        await _receiver.FirstAsync("session.started");

        for (var second = 0; second < 29; second++)
            await PollAsync();
        Assert.Single(_receiver.Requests.Snapshot);
        await _clock.AdvanceUntilAsync(WhenTakenAsync(1), WebhookSender.PollInterval);

        Assert.Equal(2, _receiver.Requests.Snapshot.Count);
    }

    [Fact]
    public async Task Event_that_nobody_takes_is_given_up_and_counted()
    {
        _receiver.Answer = static _ => new HttpResponseMessage(HttpStatusCode.BadRequest);
        await using var host = await StartAsync(static webhook =>
        {
            webhook.Events.Add("session.started");
            webhook.GiveUpAfter = TimeSpan.FromMinutes(1);
        });
        using var meter = new MeterReader(host);
        await using var client = await host.OpenAsync();
        await _receiver.FirstAsync("session.started");

        var given = host.Logs.FirstAsync(static entry => entry.Message.StartsWith("Webhook crm: 1 events dropped", StringComparison.Ordinal), "the event is given up");
        await _clock.AdvanceUntilAsync(given, WebhookSender.PollInterval);

        Assert.Equal(1, meter.Sum("parley.webhooks.dropped", ("parley.cause", "gave_up")));
    }

    [Fact]
    public async Task Redirect_is_a_failure_and_secrets_reach_no_log()
    {
        _receiver.Answer = static _ => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("https://elsewhere.example.com") } };
        await using var host = await StartAsync();
        await using var client = await host.OpenAsync();
        await client.EchoAsync("a secret of the user");
        await _receiver.FirstAsync("turn.ended");
        await host.Logs.FirstAsync(static entry => entry.Message.Contains("status 302", StringComparison.Ordinal), "the failure is logged");

        Assert.All(_receiver.Requests.Snapshot, static request => Assert.Equal("crm.example.com", request.Url.Host));
        Assert.DoesNotContain(host.Logs.Entries, static entry => entry.Message.Contains(Secret, StringComparison.Ordinal) || entry.Message.Contains("tenant=7", StringComparison.Ordinal)
            || entry.Message.Contains("a secret of the user", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ftp://example.com", Secret, "session.started", "crm", "Live:Webhooks:crm:Url must be an absolute https: or http: URL")]
    [InlineData("https://user:pw@example.com", Secret, "session.started", "crm", "without a user name")]
    [InlineData("https://example.com", "short", "session.started", "crm", "Live:Webhooks:crm:Secret must be")]
    [InlineData("https://example.com", "whsec_AAAA", "session.started", "crm", "Live:Webhooks:crm:Secret must be")]
    [InlineData("https://example.com", Secret, "session.strated", "crm", "Live:Webhooks:crm:Events contains 'session.strated', which is no event")]
    [InlineData("https://example.com", Secret, "*", "Not Good", "the name must have 1 to 50 lower-case letters")]
    public void Wrong_options_are_refused(string url, string secret, string pattern, string name, string expected)
    {
        var options = new LiveWebhookOptions { Url = new Uri(url), Secret = secret };
        options.Events.Add(pattern);

        var failure = Assert.Single(WebhookRules.Failures($"Live:Webhooks:{name}", name, options));

        Assert.Contains(expected, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("pw@", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_event_has_a_listed_type()
    {
        var types = typeof(LiveSessionEvent).Assembly.GetTypes().Where(static type => type.BaseType == typeof(LiveSessionEvent))
            .Select(static type => ((LiveSessionEvent)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type)).Type);

        Assert.Equal(WebhookRules.Types.Order(), types.Order());
    }

    // The outbox is asked again, and what was due has been sent.
    private async Task PollAsync()
    {
        await _clock.TimerAsync(static timer => timer.Delay == WebhookSender.PollInterval && timer.Period is null, "the sender waits");
        _clock.Advance(WebhookSender.PollInterval);
        await _clock.TimerAsync(static timer => timer.Delay == WebhookSender.PollInterval && timer.Period is null, "the sender has sent");
    }

    private Task<ReceivedRequest> WhenTakenAsync(int count) =>
        _receiver.Answered.FirstAsync(_ => _receiver.Taken.Count >= count, $"{count} events are taken");

    private Task<InMemoryHost> StartAsync(Action<LiveWebhookOptions>? configure = null, string? dataFolder = null) => LiveTestHost.StartAsync(
        _model,
        live =>
        {
            live.Connections.KeepAliveInterval = TimeSpan.Zero;
            live.Connections.DrainTime = TimeSpan.Zero;
            live.Connections.CloseTimeout = TimeSpan.FromDays(1);
            var webhook = new LiveWebhookOptions { Url = new Uri("https://crm.example.com/hooks?tenant=7"), Secret = Secret };
            configure?.Invoke(webhook);
            live.Webhooks["crm"] = webhook;
        },
        _clock,
        _receiver.Use,
        dataFolder);
}
