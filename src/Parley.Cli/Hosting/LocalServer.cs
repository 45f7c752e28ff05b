using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Cli.Hosting;

/// <summary>A running Live API server.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LocalServer(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
    }

    internal Uri Address { get; }

    /// <summary>The state of its parts, such as the voice, by name.</summary>
    internal IEnumerable<(string Name, string State)> Parts => _app.Services.GetServices<IHealthPart>().Select(part => (part.Name, part.State));

    internal static async Task<LocalServer> StartAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (settings.ConfigFile is { } file)
            builder.Configuration.AddJsonFile(file.FullName, optional: false);
        ConfigureLogging(builder.Logging, settings);
        ConfigureServices(builder, settings);
        var app = builder.Build();
        TelemetryHost.Map(app, settings);
        app.MapLiveApi();
        if (settings.Console)
            app.MapLiveConsole();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new CommandException($"{settings.Host}:{settings.Port} cannot be listened on: {e.Message} Give another --port.", ExitCodes.Failure);
        }
        catch (Microsoft.Extensions.Options.OptionsValidationException e)
        {
            await app.DisposeAsync();
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new LocalServer(app, new Uri(address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)));
    }

    internal Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void ConfigureServices(WebApplicationBuilder builder, ServeSettings settings)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(AddressOf(settings.Host), settings.Port));
        var section = builder.Configuration.GetSection("Live");
        var live = builder.Services.AddLiveApi(options =>
        {
            section.Bind(options);
            foreach (var key in settings.Keys)
                options.ApiKeys.Add(key);
            if (settings.Strict)
                options.Compatibility = LiveCompatibility.Strict;
        });
        if (settings.Console)
            builder.Services.AddLiveConsole();
        RelayHost.Configure(builder, live, settings);
        TelemetryHost.Configure(builder, settings);
        if (settings.Record is { } folder)
            builder.Services.AddSingleton<ILiveFrameObserver>(new FrameRecorder(folder, TimeProvider.System));
    }

    private static void ConfigureLogging(ILoggingBuilder logging, ServeSettings settings)
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
            logging.AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        }
        logging.SetMinimumLevel(settings.Quiet ? LogLevel.Error : settings.Verbose ? LogLevel.Debug : LogLevel.Information);
        if (!settings.Verbose)
            logging.AddFilter("Microsoft", LogLevel.Warning);
    }

    private static IPAddress AddressOf(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        "*" => IPAddress.Any,
        _ => IPAddress.TryParse(host, out var address) ? address : throw new CommandException($"--host must be an address, such as 127.0.0.1 or 0.0.0.0, not {host}.", ExitCodes.Usage),
    };
}
