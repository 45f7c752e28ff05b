using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Server;

namespace Parley.Cascade.Agents;

/// <summary>Adds an agent of the Microsoft Agent Framework to the Live API server.</summary>
public static class AgentBuilderExtensions
{
    /// <summary>
    /// Serves every <c>gemini-*</c> model name with a cascade whose chat model is this agent. Each conversation has a session of the agent.
    /// </summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="agent">The agent; the caller owns it. It answers any number of conversations at once.</param>
    /// <param name="configure">Changes the options of the cascade after the configuration was read; null (the default) changes
    /// nothing.</param>
    public static LiveApiBuilder UseAgent(this LiveApiBuilder builder, AIAgent agent, Action<CascadeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return builder.UseAgent(_ => agent, configure);
    }

    /// <summary>
    /// Serves every <c>gemini-*</c> model name with a cascade whose chat model is an agent from the services. Each conversation has a session
    /// of the agent.
    /// </summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="agent">Returns the agent, once. It may use the application's <see cref="IChatClient"/>.</param>
    /// <param name="configure">Changes the options of the cascade after the configuration was read; null (the default) changes
    /// nothing.</param>
    public static LiveApiBuilder UseAgent(
        this LiveApiBuilder builder, Func<IServiceProvider, AIAgent> agent, Action<CascadeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(agent);
        builder.Services.AddKeyedSingleton<IChatClient>(CascadeBuilderExtensions.ChatModelKey, (services, _) => new AgentChatClient(
            agent(services), services.GetService<ILoggerFactory>()?.CreateLogger("Parley.Cascade.Agents") ?? NullLogger.Instance));
        return builder.UseCascade(configure);
    }
}
