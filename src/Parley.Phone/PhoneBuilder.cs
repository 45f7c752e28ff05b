using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Client;

namespace Parley.Phone;

/// <summary>Adds code of the application to calls.</summary>
public sealed class PhoneBuilder
{
    internal PhoneBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Adds a handler, a singleton. Handlers are called in the order in which they were added; each gets the setup that the one before returned.
    /// </summary>
    public PhoneBuilder AddHandler<T>()
        where T : class, IPhoneCallHandler
    {
        Services.TryAddSingleton<T>();
        Services.AddSingleton<IPhoneCallHandler>(static provider => provider.GetRequiredService<T>());
        return this;
    }

    /// <summary>Chooses the setup of each call, by its numbers or parameters.</summary>
    /// <param name="setUp">Gets the call and the setup of its route; returns the setup, or null to refuse the call.</param>
    public PhoneBuilder OnCall(Func<PhoneCall, LiveSetup, LiveSetup?> setUp)
    {
        ArgumentNullException.ThrowIfNull(setUp);
        Services.AddSingleton<IPhoneCallHandler>(new SetUpHandler(setUp));
        return this;
    }

    private sealed class SetUpHandler(Func<PhoneCall, LiveSetup, LiveSetup?> setUp) : IPhoneCallHandler
    {
        public ValueTask<LiveSetup?> SetUpAsync(PhoneCall call, LiveSetup setup, CancellationToken cancellationToken) => new(setUp(call, setup));
    }
}
