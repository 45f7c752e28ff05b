using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Parley.Cascade;
using Parley.Phone;
using Parley.Recording;
using Parley.Server;

namespace Parley.Cli.Hosting;

/// <summary>
/// Exports metrics and traces: <c>/metrics</c> for Prometheus on its own port, and OTLP if the standard <c>OTEL_*</c> variables are set.
/// Without either, nothing listens to the meters, and they cost nothing.
/// </summary>
internal static class TelemetryHost
{
    // "MUST be unique for each instance of the same service": OpenTelemetry semantic conventions, service attributes.
    private const string InstanceId = "service.instance.id";

    private static readonly string Version = typeof(LiveApiOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static bool SendsOtlp =>
        Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") is { Length: > 0 };

    private static bool HasCertificates =>
        Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_CERTIFICATE") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE") is { Length: > 0 };

    /// <param name="builder">The application.</param>
    /// <param name="settings">The options of the command.</param>
    /// <param name="address">Where the metrics port listens.</param>
    internal static void Configure(WebApplicationBuilder builder, ServeSettings settings, IPAddress address)
    {
        if (settings.MetricsPort is null && !SendsOtlp)
            return;
        // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES take precedence.
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(static resource => resource
            .AddService("parley", serviceVersion: Version, autoGenerateServiceInstanceId: false)
            .AddDetector(static services => new NodeDetector(services.GetRequiredService<IOptions<LiveApiOptions>>().Value.NodeName))
            .AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(
                LiveTelemetry.Name, "Parley.Server.PostgreSql", "Npgsql", CascadeTelemetry.Name, PhoneTelemetry.Name, RecordingTelemetry.Name, "System.Runtime",
                "Microsoft.AspNetCore.Server.Kestrel");
            if (settings.MetricsPort is not null)
                metrics.AddPrometheusExporter(static prometheus => prometheus.ResourceConstantLabels = static name => name == InstanceId);
            if (SendsOtlp)
                metrics.AddOtlpExporter(WithoutRedirects);
        });
        if (SendsOtlp)
            telemetry.WithTracing(static traces => traces.AddSource(LiveTelemetry.Name).AddOtlpExporter(WithoutRedirects));
        if (settings.MetricsPort is { } port)
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, port));
    }

    // OTEL_EXPORTER_OTLP_HEADERS may hold a credential. With certificates of the standard variables the exporter makes its own client.
    private static void WithoutRedirects(OtlpExporterOptions options)
    {
        if (HasCertificates)
            return;
        options.HttpClientFactory = () => new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds),
        };
    }

    /// <summary>Maps <c>/metrics</c> on the metrics port only: the public port must not expose it.</summary>
    internal static void Map(WebApplication app, ServeSettings settings)
    {
        if (settings.MetricsPort is { } port)
        {
            app.UseOpenTelemetryPrometheusScrapingEndpoint(
                context => context.Request.Path == "/metrics" && context.Connection.LocalPort == port);
        }
    }

    /// <summary>
    /// The node as a resource: its name is the instance of the service, which Prometheus shows as <c>service_instance_id</c>. The conventions recommend a random
    /// id; a name that stays the same after a restart continues its time series.
    /// </summary>
    private sealed class NodeDetector(string name) : IResourceDetector
    {
        public Resource Detect() => new([new(InstanceId, name)]);
    }
}
