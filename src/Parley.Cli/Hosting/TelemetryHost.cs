using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Parley.Cascade;
using Parley.Server;

namespace Parley.Cli.Hosting;

/// <summary>
/// Exports metrics and traces: <c>/metrics</c> for Prometheus on its own port, and OTLP if the standard <c>OTEL_*</c> variables are set.
/// Without either, nothing listens to the meters, and they cost nothing.
/// </summary>
internal static class TelemetryHost
{
    private static bool SendsOtlp =>
        Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT") is { Length: > 0 };

    private static bool HasCertificates =>
        Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_CERTIFICATE") is { Length: > 0 }
        || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE") is { Length: > 0 };

    internal static void Configure(WebApplicationBuilder builder, ServeSettings settings)
    {
        if (settings.MetricsPort is null && !SendsOtlp)
            return;
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(static resource => resource.AddService("parley"));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(LiveTelemetry.Name, CascadeTelemetry.Name, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel");
            if (settings.MetricsPort is not null)
                metrics.AddPrometheusExporter();
            if (SendsOtlp)
                metrics.AddOtlpExporter(WithoutRedirects);
        });
        if (SendsOtlp)
            telemetry.WithTracing(static traces => traces.AddSource(LiveTelemetry.Name).AddOtlpExporter(WithoutRedirects));
        if (settings.MetricsPort is { } port)
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
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
}
