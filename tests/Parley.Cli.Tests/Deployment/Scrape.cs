using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Parley.Cascade;
using Parley.Cascade.Metrics;
using Parley.Cli.Hosting;
using Parley.Phone;
using Parley.Phone.Telemetry;
using Parley.Protocol;
using Parley.Recording;
using Parley.Recording.Telemetry;
using Parley.Server;
using Parley.Server.Access;
using Parley.Server.Events;
using Parley.Server.Nodes;
using Parley.Server.PostgreSql.Database;
using Parley.Server.Sockets;
using Parley.Server.Telemetry;
using Parley.Server.Webhooks;

namespace Parley.Cli.Tests.Deployment;

/// <summary>What Prometheus reads from <c>parley serve --metrics-port</c> once everything was recorded: names of time series with their labels and values.</summary>
internal sealed partial class Scrape
{
    internal const string Node = "node-1";

    private static readonly string[] Meters = [LiveTelemetry.Name, PostgresMetrics.Name, CascadeTelemetry.Name, PhoneTelemetry.Name, RecordingTelemetry.Name];

    private readonly Dictionary<string, Dictionary<string, HashSet<string>>> _labels = new(StringComparer.Ordinal);

    private Scrape(string text)
    {
        foreach (Match series in Series().Matches(text))
        {
            if (!_labels.TryGetValue(series.Groups["name"].Value, out var labels))
                _labels[series.Groups["name"].Value] = labels = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
            foreach (Match label in Label().Matches(series.Groups["labels"].Value))
            {
                if (!labels.TryGetValue(label.Groups["name"].Value, out var values))
                    labels[label.Groups["name"].Value] = values = new HashSet<string>(StringComparer.Ordinal);
                values.Add(label.Groups["value"].Value);
            }
        }
    }

    internal IEnumerable<string> Names => _labels.Keys;

    /// <summary>The labels of a time series, with their values; null if it does not exist.</summary>
    internal IReadOnlyDictionary<string, HashSet<string>>? Find(string name) => _labels.GetValueOrDefault(name);

    /// <summary>Records everything that can be recorded, and scrapes.</summary>
    /// <returns>The scrape, and the instruments of Parley.</returns>
    internal static async Task<(Scrape Scrape, IReadOnlyCollection<Instrument> Instruments)> TakeAsync()
    {
        var instruments = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                lock (instruments)
                    instruments.Add(instrument);
            },
        };
        listener.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<LiveApiOptions>(static options => options.NodeName = Node);
        var settings = new ServeSettings { MetricsPort = FreePort() };
        TelemetryHost.Configure(builder, settings, IPAddress.Loopback);
        await using var app = builder.Build();
        TelemetryHost.Map(app, settings);
        await app.StartAsync();
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        // Kept until the scrape: its gauges are read then.
        using var usage = Record(meters);
        await using var source = new NpgsqlDataSourceBuilder("Host=127.0.0.1;Port=1") { Name = "parley" }.Build();
        RecordStatements(instruments, meters);
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{settings.MetricsPort}/metrics"));
        lock (instruments)
            return (new Scrape(text), [.. instruments.Where(static instrument => Meters.Contains(instrument.Meter.Name))]);
    }

    private static UsageTracker Record(IMeterFactory meters)
    {
        var live = new LiveMetrics(meters);
        var options = Options.Create(new LiveApiOptions());
        ConnectionMetrics.Observe(live.Meter, new ConnectionGate(options, new DescriptorLimit(options), TimeProvider.System, NullLogger<ConnectionGate>.Instance));
        var (node, usage) = (new NodeCounters(), new UsageTracker(new InMemoryUsageStore(), TimeProvider.System, NullLogger<UsageTracker>.Instance));
        node.Listed([new LiveNode { Id = "id", Name = Node, Version = "1", Started = default, IsAlive = true }]);
        ObserveWebhooks(live);
        NodeMetrics.Observe(live.Meter, node, usage, static () => false);
        live.ObserveCoolingDown(static () => 0);
        foreach (var isRelayed in (bool[])[true, false])
        {
            live.SessionStarted(isRelayed);
            live.SessionEnded(isRelayed, TimeSpan.FromSeconds(1), 1011, isRelayed ? "upstream" : "server");
            live.TurnEnded(isRelayed, "completed", TimeSpan.FromSeconds(1));
            live.FirstOutput(isRelayed, TimeSpan.FromSeconds(1));
            live.Used(new UsageMetadata { PromptTokenCount = 1, ResponseTokenCount = 1 }, isRelayed, "other");
            live.Costs(0.01m, isRelayed, "other");
        }
        live.Resumed("resumed");
        live.SessionMoved();
        live.RefusedAtHttp(503);
        live.Refused(1011);
        live.Dropped("relay_held", 1);
        live.Held.Add(1);
        live.Checked("moderation", "blocked");
        live.CheckFailed("moderation", "late");
        foreach (var outcome in (string[])["resumed", "failed", "refused"])
            live.Rotated("loss", outcome, TimeSpan.FromSeconds(1));
        foreach (var outcome in (string[])["saved", "superseded", "failed"])
            live.SavedState(outcome);
        foreach (var direction in Enum.GetValues<LiveDirection>())
            live.Messages.Count(direction, MessageKind.Audio, 1);
        var recordings = new RecordingMetrics(meters);
        recordings.Started();
        recordings.Ended("completed", 1, 1);
        RecordCalls(new PhoneMetrics(meters));
        var postgres = new PostgresMetrics(meters);
        postgres.Observe(static () => false);
        postgres.Failed(new TimeoutException());
        var turns = new TurnMetricsReporter(NullLogger.Instance, meters);
        turns.Speculated("used");
        var turn = new TurnMetrics();
        foreach (var mark in Enum.GetValues<TurnMark>())
            turn.Mark(mark, TimeSpan.FromSeconds((int)mark));
        turns.Report("session", 1, turn, "completed");
        return usage;
    }

    private static void RecordCalls(PhoneMetrics phone)
    {
        phone.Started(PhoneCarrier.Twilio);
        phone.Ended(PhoneCarrier.Twilio, isOutbound: false, PhoneCallEndReason.Caller, TimeSpan.FromSeconds(1));
        phone.Refused(PhoneCarrier.Twilio, "signature");
        phone.FramesOf(PhoneCarrier.Twilio, 1, 1, 1);
        phone.Answered(PhoneCarrier.Twilio, TimeSpan.FromSeconds(1));
        phone.Pressed(PhoneCarrier.Twilio);
        phone.Interrupted(PhoneCarrier.Twilio);
    }

    private static void ObserveWebhooks(LiveMetrics live)
    {
        var options = new LiveApiOptions();
        options.Webhooks["crm"] = new LiveWebhookOptions { Url = new Uri("https://crm.example.com"), Secret = "a secret of the tests" };
        var outbox = new InMemoryWebhookOutbox();
        var queue = new WebhookQueue(outbox, Options.Create(options), TimeProvider.System, NullLogger<WebhookQueue>.Instance);
        var events = new EventDispatcher([], queue, Options.Create(options), TimeProvider.System, NullLogger<EventDispatcher>.Instance);
        EventMetrics.Observe(live.Meter, events, queue, new WebhookSender(queue, outbox, null!, TimeProvider.System, NullLogger<WebhookSender>.Instance));
    }

    /// <summary>What Npgsql records for statements, which need a database: one measurement for each of its histograms, under its name and unit.</summary>
    private static void RecordStatements(List<Instrument> instruments, IMeterFactory meters)
    {
        List<Histogram<double>> histograms;
        lock (instruments)
            histograms = [.. instruments.Where(static instrument => instrument.Meter.Name == "Npgsql").OfType<Histogram<double>>()];
        var meter = meters.Create("Npgsql");
        foreach (var histogram in histograms)
            meter.CreateHistogram<double>(histogram.Name, histogram.Unit).Record(1, new KeyValuePair<string, object?>("db.client.connection.pool.name", "parley"));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)\{(?<labels>.*)\} \S+", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>[^"]*)"(,|$)""")]
    private static partial Regex Label();
}
