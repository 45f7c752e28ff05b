using System.Security.Claims;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Calls;
using Parley.Server.Models;
using Parley.Server.Sessions;
using Parley.Server.Sockets;
using Parley.Server.Storage;
using Parley.Server.Webhooks;

namespace Parley.Server;

/// <summary>Adds models to the Live API.</summary>
public sealed class LiveApiBuilder
{
    internal LiveApiBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Persists tokens, keys, usage, resumable and shared sessions in a folder, so that they survive the end of the process, even a crash. Without it they are kept
    /// in memory. The folder contains conversations and keys: on Unix only this user may read it.
    /// </summary>
    /// <param name="folder">The folder; created if missing. Reserved for one server at a time; <see cref="LiveKeys.Open"/> may use it meanwhile.</param>
    public LiveApiBuilder UseDataFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Services.Replace(ServiceDescriptor.Singleton(provider => new LiveDatabase(folder, provider.GetService<ILogger<LiveDatabase>>(), isServer: true)));
        Services.Replace(ServiceDescriptor.Singleton<LiveDatabaseWriter, LiveDatabaseWriter>());
        Services.Replace(ServiceDescriptor.Singleton<ISecretStore, StoredSecrets>());
        Services.Replace(ServiceDescriptor.Singleton<ISessionStore, SqliteSessionStore>());
        Services.Replace(ServiceDescriptor.Singleton<ITokenStore, SqliteTokenStore>());
        Services.Replace(ServiceDescriptor.Singleton<IKeyStore, SqliteKeyStore>());
        Services.Replace(ServiceDescriptor.Singleton<IUsageStore, SqliteUsageStore>());
        Services.Replace(ServiceDescriptor.Singleton<IAuditStore, SqliteAuditStore>());
        Services.Replace(ServiceDescriptor.Singleton<IWebhookOutbox, SqliteWebhookOutbox>());
        Services.Replace(ServiceDescriptor.Singleton(static provider => new SharedSessions(provider.GetRequiredService<LiveDatabase>().Folder)));
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<ILiveHealthPart, StoragePart>());
        return this;
    }

    /// <summary>
    /// Binds options to a configuration section, then applies <paramref name="configure"/>. An unknown key or an invalid value stops the start with an error
    /// that names it. Also for models of your own.
    /// </summary>
    /// <param name="section">Name of the section, such as <c>Relay</c>.</param>
    /// <param name="configure">Changes the options; null = as configured.</param>
    /// <returns>The options builder, for validation.</returns>
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

    /// <summary>
    /// Maps users whom the application has signed in to ids, limits and setups. Also lets every authenticated principal of a request open a session, with or without
    /// <c>RequireAuthorization()</c>; clients with keys and tokens of this server go on as before.
    /// </summary>
    /// <typeparam name="TPolicy">The policy; created for each call, in a scope of its own, so that it may use a database context.</typeparam>
    public LiveApiBuilder UseUsers<TPolicy>()
        where TPolicy : class, ILiveUserPolicy
    {
        Services.Replace(ServiceDescriptor.Scoped<ILiveUserPolicy, TPolicy>());
        return this;
    }

    /// <inheritdoc cref="UseUsers{TPolicy}"/>
    /// <param name="find">Returns the user of a principal, or null to refuse it; <see cref="LiveUser.From"/> derives the id. Called by many threads. Running sessions are not checked again.</param>
    public LiveApiBuilder UseUsers(Func<ClaimsPrincipal, LiveUser?> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        Services.Replace(ServiceDescriptor.Singleton<ILiveUserPolicy>(new DelegatePolicy(find)));
        return this;
    }

    /// <summary>Sets the model that answers every <c>gemini-*</c> name not added with <c>AddModel</c>; the profile is that of the public model of that name.</summary>
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
    /// Relays every <c>gemini-*</c> name to an upstream, except <see cref="RelayOptions.LocalModels"/>, which the default model still answers.
    /// Call it after <c>UseDefaultModel</c>, if you use both.
    /// </summary>
    /// <param name="configure">Changes the options of the configuration section <c>Relay</c>; one of the two must set an upstream with its key.</param>
    public LiveApiBuilder UseRelay(Action<RelayOptions>? configure = null)
    {
        RelayServices.Add(this, configure);
        return this;
    }

    /// <summary>
    /// Uses a Kestrel transport for many WebSockets, which needs less CPU and memory for each session without TLS (<c>bench/README.md</c>); default off. It
    /// serves all endpoints of the application on TCP and Unix domain sockets. One difference: a client that disconnects during a plain HTTP request is
    /// noticed only when the response is written.
    /// </summary>
    public LiveApiBuilder UseDirectSockets()
    {
        Services.TryAddSingleton<DirectTransport>();
        return this;
    }

    /// <summary>
    /// Lets other processes take part in running calls by HTTP, once <c>app.MapLiveCalls()</c> serves it: with a key, in the calls of that key (docs/calls.md).
    /// Default off. Every session then has events, and a message that the server may have to change is decoded.
    /// </summary>
    public LiveApiBuilder UseCallControl()
    {
        if (Services.Any(static service => service.ServiceType == typeof(CallControl)))
            return this;
        Services.AddSingleton<CallControl>();
        Services.AddSingleton<ILiveSessionEvents>(static provider => provider.GetRequiredService<CallControl>());
        return this;
    }

    /// <summary>Adds the model of a name or of all names that match a pattern.</summary>
    /// <param name="pattern">Name without <c>models/</c>; <c>*</c> stands for any characters.</param>
    /// <param name="profile">Its profile; null = that of the public model with the requested name.</param>
    public LiveApiBuilder AddModel<TModel>(string pattern, LiveModelProfile? profile = null)
        where TModel : class, ILiveModel
    {
        Services.TryAddSingleton<TModel>();
        return AddModel(pattern, static services => services.GetRequiredService<TModel>(), profile);
    }

    /// <summary>Adds the model of a name or of all names that match a pattern.</summary>
    /// <param name="pattern">Name without <c>models/</c>; <c>*</c> stands for any characters.</param>
    /// <param name="create">Creates the model; called once.</param>
    /// <param name="profile">Its profile; null = that of the public model with the requested name.</param>
    public LiveApiBuilder AddModel(string pattern, Func<IServiceProvider, ILiveModel> create, LiveModelProfile? profile = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        ArgumentNullException.ThrowIfNull(create);
        if (pattern.StartsWith("models/", StringComparison.Ordinal))
            pattern = pattern["models/".Length..];
        Services.AddSingleton(new ModelRegistration(pattern, create, profile));
        return this;
    }
}

/// <summary>A bound configuration section and its options type.</summary>
internal sealed record BoundSection(string Name, Type Options);
