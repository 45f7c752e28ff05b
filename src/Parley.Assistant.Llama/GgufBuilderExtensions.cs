using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Parley.Assistant.Llama.Hosting;
using Parley.Assistant.Providers;
using Parley.Server;
using Parley.Speech;

namespace Parley.Assistant.Llama;

/// <summary>Adds chat models from GGUF files to the Live API server.</summary>
public static class GgufBuilderExtensions
{
    /// <summary>
    /// Registers the provider "gguf" of <see cref="ChatModelOptions.Provider"/>, and selects it if a model is given. Call
    /// <see cref="LocalModelBuilderExtensions.UseLocalModel"/> or <see cref="LocalModelBuilderExtensions.AddChatModel"/> as well.
    /// </summary>
    /// <param name="builder">The builder that <c>AddLiveApi</c> returned.</param>
    /// <param name="model">
    /// Path of a file, or name of an installed model such as <c>qwen2.5-1.5b</c>. Null (the default): the configuration selects provider and
    /// model.
    /// </param>
    /// <param name="configure">Changes the options after the configuration was read; null (the default) changes nothing.</param>
    public static LiveApiBuilder UseGguf(this LiveApiBuilder builder, string? model = null, Action<GgufOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.BindOptions(GgufOptions.SectionName, configure);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GgufOptions>, GgufOptionsValidator>());
        services.TryAddSingleton(static provider =>
            new ModelStore(provider.GetService<IOptions<SpeechOptions>>()?.Value.ModelFolder ?? ModelStore.DefaultFolder));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IChatModelProvider, GgufProvider>());
        if (model is not null)
        {
            services.PostConfigure<ChatModelOptions>(options =>
            {
                options.Provider = ChatModelProviders.Gguf;
                options.Model = model;
            });
        }
        return builder;
    }
}
