using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Phone.Calls;
using Parley.Phone.Carriers;
using Parley.Phone.Endpoints;
using Parley.Phone.Rest;
using Parley.Phone.Telemetry;
using Parley.Server;
using Parley.Server.Sockets;

namespace Parley.Phone;

/// <summary>Adds telephone calls to the Live API.</summary>
public static class PhoneBuilderExtensions
{
    /// <summary>
    /// Adds telephone calls; <c>app.MapPhone()</c> then serves them. Each call is a client of this server, so keys, limits, usage, relay and models hold for it.
    /// Options are read from the configuration section <c>Phone</c>, then from <paramref name="configure"/>.
    /// </summary>
    /// <param name="builder">The Live API.</param>
    /// <param name="configure">Changes the options; null = as configured.</param>
    /// <returns>A builder for code that takes part in calls.</returns>
    public static PhoneBuilder AddPhone(this LiveApiBuilder builder, Action<PhoneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.BindOptions("Phone", configure);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PhoneOptions>, PhoneOptionsValidator>());
        services.AddHttpClient(CarrierApi.ClientName).RemoveAllLoggers();
        services.TryAddSingleton<PhoneMetrics>();
        services.TryAddSingleton<StreamTokens>();
        services.TryAddSingleton<CallRegistry>();
        services.TryAddSingleton<CallRoutes>();
        services.TryAddSingleton<CarrierApi>();
        services.TryAddSingleton<CallServices>();
        services.TryAddSingleton(static provider => new PhoneCalls(
            provider.GetRequiredService<CallRegistry>(), provider.GetRequiredService<CarrierApi>(), provider.GetRequiredService<StreamTokens>(),
            provider.GetRequiredService<IOptions<PhoneOptions>>(), provider.GetRequiredService<ILogger<PhoneCalls>>()));
        services.TryAddSingleton<StreamEndpoint>();
        services.TryAddSingleton<WebhookEndpoint>();
        services.TryAddSingleton<CallsEndpoint>();
        services.AddHostedService<PhoneStartup>();
        return new PhoneBuilder(services);
    }

    /// <summary>
    /// Maps <c>/phone/{carrier}/incoming</c> and <c>/phone/{carrier}/stream</c> for <c>twilio</c>, <c>telnyx</c> and <c>plivo</c>, and <c>/phone/calls</c>, which needs
    /// the admin secret (<see cref="LiveAdminOptions.Secret"/>). Needs no other middleware.
    /// </summary>
    /// <returns>A builder for conventions on all endpoints.</returns>
    public static IEndpointConventionBuilder MapPhone(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var streams = routes.ServiceProvider.GetService<StreamEndpoint>()
            ?? throw new InvalidOperationException("Call services.AddLiveApi().AddPhone() before MapPhone().");
        var webhooks = routes.ServiceProvider.GetRequiredService<WebhookEndpoint>();
        var calls = routes.ServiceProvider.GetRequiredService<CallsEndpoint>();
        var group = routes.MapGroup(StreamAddress.Prefix);
        foreach (var carrier in Enum.GetValues<PhoneCarrier>())
        {
            var name = PhoneMetrics.NameOf(carrier);
            group.MapPost($"/{name}/incoming", webhooks.For(carrier));
            var pipeline = routes.CreateApplicationBuilder();
            pipeline.Use(UpgradedStream.InvokeAsync);
            pipeline.UseWebSockets();
            pipeline.Run(streams.For(carrier));
            group.Map($"/{name}/stream", pipeline.Build());
        }
        group.MapMethods("/calls", [HttpMethods.Get], calls.Guard(calls.ListAsync));
        group.MapMethods("/calls", [HttpMethods.Post], calls.Guard(calls.CreateAsync));
        group.MapMethods("/calls/{id}", [HttpMethods.Delete], calls.Guard(calls.HangUpAsync));
        return group;
    }
}
