using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Server.Access;
using Parley.Server.Models;
using Parley.Server.Sessions;
using Parley.Server.Sockets;
using Parley.Server.Storage;

namespace Parley.Server;

/// <summary>Adds models to the Live API.</summary>
public sealed class LiveApiBuilder
{
    internal LiveApiBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Keeps tokens, keys, usage and what sessions can be resumed from in a folder, so that they outlive the process, whatever way it ends.
    /// Without it they end with the process. The folder holds conversations and keys: on Unix only this user may read it.
    /// </summary>
    /// <param name="folder">The folder; made where it is missing. Two servers on one machine may share it.</param>
    public LiveApiBuilder UseDataFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Services.Replace(ServiceDescriptor.Singleton(_ => new LiveDatabase(folder)));
        Services.Replace(ServiceDescriptor.Singleton<LiveDatabaseWriter, LiveDatabaseWriter>());
        Services.Replace(ServiceDescriptor.Singleton<ILiveSecrets, StoredSecrets>());
        Services.Replace(ServiceDescriptor.Singleton<ISessionStore, SqliteSessionStore>());
        Services.Replace(ServiceDescriptor.Singleton<ITokenStore, SqliteTokenStore>());
        Services.Replace(ServiceDescriptor.Singleton<IKeyStore, SqliteKeyStore>());
        Services.Replace(ServiceDescriptor.Singleton<IUsageStore, SqliteUsageStore>());
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, StoragePart>());
        return this;
    }

    /// <summary>
    /// Reads options from a configuration section, then from <paramref name="configure"/>. A key that is no option and a value that cannot be read
    /// stop the start with a sentence that names them. For models of your own too.
    /// </summary>
    /// <param name="section">Name of the section, such as <c>Relay</c>.</param>
    /// <param name="configure">Changes the options; null = as configured.</param>
    /// <returns>The options, for validation.</returns>
    public OptionsBuilder<TOptions> BindOptions<TOptions>(string section, Action<TOptions>? configure = null)
        where TOptions : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(section);
        var builder = Services.AddOptionsWithValidateOnStart<TOptions>();
        if (Services.All(service => service.ImplementationInstance is not BoundSection bound || bound.Options != typeof(TOptions)))
        {
            Services.AddSingleton(new BoundSection(section, typeof(TOptions)));
            builder.Configure<IServiceProvider>((options, provider) =>
            {
                if (provider.GetService<IConfiguration>() is { } configuration)
                    LiveOptionsBinding.Bind(configuration, section, options);
            });
        }
        return configure is null ? builder : builder.Configure(configure);
    }

    /// <summary>Sets what answers every <c>gemini-*</c> name that nobody added; the rules are those of the public model of that name.</summary>
    public LiveApiBuilder UseDefaultModel<TModel>()
        where TModel : class, ILiveModel
    {
        Services.Replace(ServiceDescriptor.Singleton<ILiveModel, TModel>());
        return this;
    }

    /// <inheritdoc cref="UseDefaultModel{TModel}"/>
    public LiveApiBuilder UseDefaultModel(Func<IServiceProvider, ILiveModel> create)
    {
        Services.Replace(ServiceDescriptor.Singleton(create));
        return this;
    }

    /// <summary>
    /// Relays every <c>gemini-*</c> name to an upstream, but for <see cref="RelayOptions.LocalModels"/>, which the default model goes on answering.
    /// Call it after <c>UseDefaultModel</c>, if at all.
    /// </summary>
    /// <param name="configure">Changes what the configuration section <c>Relay</c> says; one of the two names at least an upstream and its key.</param>
    public LiveApiBuilder UseRelay(Action<RelayOptions>? configure = null)
    {
        RelayServices.Add(this, configure);
        return this;
    }

    /// <summary>
    /// Has Kestrel listen with a transport made for many WebSockets, which takes less processor time and memory for each session that comes without
    /// TLS (<c>bench/README.md</c>); default off. It serves every endpoint of the application on TCP and Unix domain sockets. What is different: a
    /// client that leaves in the middle of a plain request is noticed when it is answered, not before.
    /// </summary>
    public LiveApiBuilder UseDirectSockets()
    {
        Services.AddSingleton<IConnectionListenerFactory, DirectTransport>();
        return this;
    }

    /// <summary>Adds what answers to a name, or to all names of a pattern.</summary>
    /// <param name="pattern">Name without <c>models/</c>; <c>*</c> stands for any characters.</param>
    /// <param name="profile">Its rules; null = those of the public model of the name asked for.</param>
    public LiveApiBuilder AddModel<TModel>(string pattern, ModelProfile? profile = null)
        where TModel : class, ILiveModel
    {
        Services.TryAddSingleton<TModel>();
        return AddModel(pattern, static services => services.GetRequiredService<TModel>(), profile);
    }

    /// <summary>Adds what answers to a name, or to all names of a pattern.</summary>
    /// <param name="pattern">Name without <c>models/</c>; <c>*</c> stands for any characters.</param>
    /// <param name="create">Makes the model, once.</param>
    /// <param name="profile">Its rules; null = those of the public model of the name asked for.</param>
    public LiveApiBuilder AddModel(string pattern, Func<IServiceProvider, ILiveModel> create, ModelProfile? profile = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        ArgumentNullException.ThrowIfNull(create);
        if (pattern.StartsWith("models/", StringComparison.Ordinal))
            pattern = pattern["models/".Length..];
        Services.AddSingleton(new ModelRegistration(pattern, create, profile));
        return this;
    }
}

/// <summary>A configuration section that is read, and by what.</summary>
internal sealed record BoundSection(string Name, Type Options);
