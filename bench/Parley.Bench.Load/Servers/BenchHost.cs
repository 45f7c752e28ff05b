using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Parley.Bench.Load.Servers;

/// <summary>
/// The process of either server: Kestrel on a free loopback port, which it prints, and one page that returns memory numbers. It exits when
/// its standard input ends, so that it never outlives the load generator.
/// </summary>
internal static class BenchHost
{
    internal const string MemoryPath = "/bench/memory";

    internal static async Task RunAsync(Action<IServiceCollection> addServices, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        addServices(builder.Services);
        await using var app = builder.Build();
        app.MapGet(MemoryPath, (RequestDelegate)TellMemoryAsync);
        map(app);

        await app.StartAsync(cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{new Uri(app.Urls.First()).Port}"));
        await Console.In.ReadToEndAsync(cancellationToken);
        await app.StopAsync(cancellationToken);
    }

    // Two numbers: live bytes, and bytes allocated in total. With ?collect it collects and returns unused memory first.
    private static Task TellMemoryAsync(HttpContext context)
    {
        if (context.Request.QueryString.HasValue)
        {
            GC.GetTotalMemory(forceFullCollection: true);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
        return context.Response.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalMemory(forceFullCollection: false)} {GC.GetTotalAllocatedBytes(precise: true)}"));
    }
}
