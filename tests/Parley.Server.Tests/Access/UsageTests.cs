using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Parley.Protocol;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Access;

public sealed class UsageTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Sink _sink = new();

    [Fact]
    public async Task Relayed_session_is_recorded_for_each_usage_and_at_its_end()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time, services: services => services.AddSingleton<IUsageSink>(_sink));
        var (client, connection) = await gateway.OpenAsync(upstream);
        _time.Advance(TimeSpan.FromSeconds(10));
        await connection.SendAsync("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAAA"}}]}},"usageMetadata":{"promptTokenCount":5}}""");
        await connection.SendAsync("""{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":6,"candidatesTokenCount":7,"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":7}]}}""");
        await connection.SendAsync("""{"usageMetadata":{"promptTokenCount":8}}""");
        await connection.SendAsync("{}");
        await client.ReceiveUntilAsync(static f => f.Json.GetRawText() == "{}");
        _time.Advance(TimeSpan.FromSeconds(5));
        await client.DisposeAsync();
        await _sink.Records.FirstAsync(static r => r.IsLast, "the last record");

        var records = _sink.Records.Snapshot;
        Assert.Equal([5, 6, 8, null], records.Select(static r => r.Usage.PromptTokenCount));
        Assert.Equal(7, records[1].Usage.CandidatesTokensDetails![0].TokenCount);
        Assert.Equal([10, 0, 0, 5], records.Select(static r => r.Connected.TotalSeconds));
        Assert.All(records, static r => Assert.True(r.IsRelayed));
        Assert.Single(records, static r => r.IsLast);
        Assert.Single(records.Select(static r => (r.SessionId, r.Owner, r.Model)).Distinct());
    }

    [Fact]
    public async Task Rotation_does_not_end_the_usage_of_a_session()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time, services: services => services.AddSingleton<IUsageSink>(_sink));
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;
        await connection.SendAsync("""{"sessionResumptionUpdate":{"newHandle":"up-1","resumable":true}}""");
        var next = upstream.NextAsync();
        await connection.CloseAsync(1011, "Internal error occurred.");
        var second = await next;
        await second.AcceptSetupAsync();
        await second.SendAsync("""{"usageMetadata":{"promptTokenCount":3}}""");
        await client.ReceiveUntilAsync(static f => f.Has("usageMetadata"));

        Assert.Equal(3, Assert.Single(_sink.Records.Snapshot).Usage.PromptTokenCount);
    }

    [Fact]
    public async Task Local_session_is_recorded_like_a_relayed_one()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, time: _time, services: services => services.AddSingleton<IUsageSink>(_sink));
        var client = await host.OpenAsync();
        var output = (await model.FirstSessionAsync()).Output;
        output.Send(new LiveSessionResponse { UsageMetadata = new UsageMetadata { PromptTokenCount = 4 } });
        await client.ReceiveAsync();
        await client.DisposeAsync();
        await _sink.Records.FirstAsync(static r => r.IsLast, "the last record");

        Assert.Equal([4, null], _sink.Records.Snapshot.Select(static r => r.Usage.PromptTokenCount));
        Assert.All(_sink.Records.Snapshot, static r => Assert.False(r.IsRelayed));
    }

    [Fact]
    public async Task Failing_sink_is_logged_and_does_not_end_the_session()
    {
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, time: _time, services: static services => services.AddSingleton<IUsageSink>(new BrokenSink()));
        gateway.AllowErrors(static e => e.EventId.Id == 1250);
        var (client, connection) = await gateway.OpenAsync(upstream);
        await using var _ = client;

        await connection.SendAsync("""{"usageMetadata":{"promptTokenCount":3}}""");

        await client.ReceiveUntilAsync(static f => f.Has("usageMetadata"));
    }

    private sealed class Sink : IUsageSink
    {
        public EventLog<UsageRecord> Records { get; } = new();

        public void Record(in UsageRecord record) => Records.Add(record);
    }

    private sealed class BrokenSink : IUsageSink
    {
        public void Record(in UsageRecord record) => throw new InvalidOperationException("broken");
    }
}
