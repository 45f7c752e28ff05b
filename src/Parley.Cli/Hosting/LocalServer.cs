using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Parley.Assistant;
using Parley.Assistant.Llama;
using Parley.Cli.Storage;
using Parley.Phone;
using Parley.Protocol;
using Parley.Recording;
using Parley.Server;

namespace Parley.Cli.Hosting;

/// <summary>A running Live API server.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LocalServer(WebApplication app, Uri address, Uri? admin)
    {
        _app = app;
        Address = address;
        Admin = admin;
    }

    internal Uri Address { get; }

    /// <summary>URL of the admin API; null without one.</summary>
    internal Uri? Admin { get; }

    internal bool AcceptsDevelopmentKey => LiveOptions(_app).DevelopmentKey is not null;

    /// <summary>The state of the parts of the server, such as speech recognition, by name.</summary>
    internal IEnumerable<(string Name, string State)> Parts =>
        _app.Services.GetServices<ILiveHealthPart>().Select(static part => (part.Name, part.State)).OrderByDescending(static part => part.Name == "engines");

    /// <exception cref="CommandException">The command line or the configuration keeps the server from starting.</exception>
    internal static async Task<LocalServer> StartAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        WebApplicationBuilder? builder = null;
        WebApplication? app = null;
        var startup = new Startup();
        try
        {
            builder = WebApplication.CreateSlimBuilder();
            if (settings.ConfigFile is { } file)
                builder.Configuration.AddJsonFile(file, optional: false);
            if (settings.ConfigInput is { } config)
                AddInput(builder.Configuration, config);
            builder.Configuration.AddInMemoryCollection(settings.Engines);
            var isOnPostgres = PostgresHost.IsUsed(builder.Configuration, settings);
            if (settings.Data is { } data)
                DataFolder.Create(data);
            ConfigureLogging(builder.Logging, settings, startup);
            ConfigureServices(builder, settings, isOnPostgres);
            app = builder.Build();
            TelemetryHost.Map(app, settings);
            app.MapLiveApi();
            if (settings.Console)
                app.MapLiveConsole();
            if (settings.AdminPort is not null)
                app.MapLiveAdmin();
            if (settings.Calls)
                app.MapLiveCalls();
            if (settings.Phone)
                app.MapPhone();
            await app.StartAsync(cancellationToken);
            startup.IsComplete = true;
        }
        catch (Exception e)
        {
            if (app is not null)
                await app.DisposeAsync();
            if (StartupErrors.Explain(e, settings, builder?.Configuration) is not { } explanation)
                throw;
            throw new CommandException(explanation, ExitCodes.Usage);
        }
        // Addresses are in the order in which they were requested.
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        var admin = settings.AdminPort is null ? null : new Uri(new Uri(addresses[1]), "/admin/");
        // The port that 0 was replaced by is known only now; until here the admin API answered on no port.
        if (admin is not null)
            LiveOptions(app).Admin.Port = admin.Port;
        return new LocalServer(app, new Uri(addresses[0].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)), admin);
    }

    private static LiveApiOptions LiveOptions(WebApplication app) => app.Services.GetRequiredService<IOptions<LiveApiOptions>>().Value;

    internal Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void ConfigureServices(WebApplicationBuilder builder, ServeSettings settings, bool isOnPostgres)
    {
        var (address, metricsAddress) = (AddressOf("--host", settings.Host), AddressOf("--metrics-host", settings.MetricsHost));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, settings.Port);
            if (settings.AdminPort is { } admin)
                kestrel.Listen(IPAddress.Loopback, admin);
        });
        var section = builder.Configuration.GetSection("Live");
        // The metrics port serves the API too.
        var isOpen = !IPAddress.IsLoopback(address) || (settings.MetricsPort is not null && !IPAddress.IsLoopback(metricsAddress));
        if (isOpen && settings is { Keys: [], Data: null } && !isOnPostgres && !section.GetSection(nameof(LiveApiOptions.ApiKeys)).GetChildren().Any())
        {
            throw new CommandException(
                $"On {(IPAddress.IsLoopback(address) ? settings.MetricsHost : settings.Host)} the development key is not accepted, and no other key is configured. "
                + $"Give --api-key, or --data or --postgres with a key from '{ToolName.Current} keys create'.",
                ExitCodes.Usage);
        }
        var adminSecret = settings.AdminPort is null ? null
            : section["Admin:Secret"] ?? (settings.Data is { } stored ? DataFolder.AdminSecret(stored) : null);
        if (settings.AdminPort is not null && adminSecret is null)
        {
            throw new CommandException(
                "The admin API needs a secret. Configure Live:Admin:Secret, or give --data to create one there.", ExitCodes.Usage);
        }
        var live = builder.Services.AddLiveApi(options =>
        {
            if (isOpen && section[nameof(LiveApiOptions.DevelopmentKey)] is null)
                options.DevelopmentKey = null;
            options.Admin.Secret = adminSecret;
            options.Admin.Port = settings.AdminPort;
            foreach (var key in settings.Keys)
                options.ApiKeys.Add(key);
            if (settings.AllowFilePages)
                options.AllowFilePages = true;
            foreach (var proxy in settings.TrustedProxies)
                options.Connections.TrustedProxies.Add(proxy);
            if (settings.Strict)
                options.Compatibility = LiveCompatibility.Strict;
        });
        if (settings.Calls)
            live.UseCallControl();
        live.UseGguf().UseLocalModel(options => options.WarmUp &= settings.WarmUp);
        builder.Services.AddWhisper();
        live.UseDirectSockets();
        if (settings.Console)
            live.AddLiveConsole();
        RelayHost.Configure(builder, live, settings);
        // As with the development key: on this machine a virtual caller needs no token.
        if (settings.Phone)
            live.AddPhone(phone => phone.AllowLocalStreams |= !isOpen);
        TelemetryHost.Configure(builder, settings, metricsAddress);
        if (isOnPostgres)
            PostgresHost.Configure(live, settings);
        else if (settings.Data is { } data)
            live.UseDataFolder(data);
        if (settings.RecordCalls is not null || builder.Configuration["Recording:Folder"] is { Length: > 0 })
        {
            live.AddRecording(recording => recording.Folder = settings.RecordCalls ?? recording.Folder);
            builder.Services.AddSingleton<IAnnouncementVoice, AnnouncementVoice>();
        }
        if (settings.Record is { } folder)
            builder.Services.AddSingleton<ILiveWireObserver>(new MessageRecorder(folder, TimeProvider.System));
    }

    private static void ConfigureLogging(ILoggingBuilder logging, ServeSettings settings, Startup startup)
    {
        logging.ClearProviders();
        if (settings.LogJson)
        {
            logging.AddJsonConsole(static console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logging.AddConsole(static console => console.FormatterName = LineFormatter.FormatterName);
            logging.Services.AddSingleton<ConsoleFormatter>(new LineFormatter(TimeProvider.System));
        }
        logging.SetMinimumLevel(settings.Quiet ? LogLevel.Error : settings.Verbose ? LogLevel.Debug : LogLevel.Information);
        if (settings.Verbose)
            return;
        // The host and Kestrel log what keeps them from starting with a stack trace; the command reports it in one line.
        var lowest = settings.Quiet ? LogLevel.Error : LogLevel.Warning;
        logging.AddFilter("Microsoft", level => level >= lowest && (level < LogLevel.Error || startup.IsComplete));
    }

    private static void AddInput(ConfigurationManager configuration, byte[] json)
    {
        try
        {
            configuration.AddJsonStream(new MemoryStream(json));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            throw new CommandException($"--config: standard input is not a valid configuration: {e.GetBaseException().Message}", ExitCodes.Usage);
        }
    }

    private static IPAddress AddressOf(string option, string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ when IPAddress.TryParse(host, out var address) => address,
        _ => throw new CommandException(
            $"{option} must be an IP address such as 127.0.0.1 or 0.0.0.0, localhost or *, not '{host}'.", ExitCodes.Usage),
    };

    private sealed class Startup
    {
        internal volatile bool IsComplete;
    }
}
