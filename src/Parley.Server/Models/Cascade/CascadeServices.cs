using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Server.Brains;
using Parley.Speech;

namespace Parley.Server.Cascade;

/// <summary>Registers the cascade as the model of every name nobody else answers. What is registered already stays.</summary>
internal static class CascadeServices
{
    private const string Section = "Cascade";

    internal static void AddCascade(this IServiceCollection services)
    {
        services.AddBrain();
        services.AddOptionsWithValidateOnStart<CascadeOptions, CascadeOptionsValidator>()
            .Configure<IServiceProvider>(static (options, provider) => provider.GetService<IConfiguration>()?.GetSection(Section).Bind(options));
        services.TryAddSingleton(static _ => new LocalVoice(SpeechSynthesizers.CreateDefault()));
        services.TryAddSingleton(static provider => provider.GetRequiredService<LocalVoice>().Synthesizer);
        services.AddSingleton<IHealthPart>(static provider => new BrainHealth(provider.GetRequiredService<IChatClient>()));
        services.AddSingleton<IHealthPart>(static provider => new SynthesizerHealth(provider));
        services.TryAddSingleton<ILiveModel>(static provider => new CascadeModel(
            provider.GetRequiredService<IChatClient>(),
            provider.GetRequiredService<ISpeechSynthesizer>(),
            provider.GetRequiredService<IOptions<CascadeOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CascadeModel>>()));
    }

    /// <summary>The voice found on this machine; disposed with the application.</summary>
    private sealed class LocalVoice(SpeechSynthesizerChoice choice) : IDisposable
    {
        internal ISpeechSynthesizer Synthesizer => choice.Synthesizer;

        internal string Reason => choice.Reason;

        public void Dispose() => (choice.Synthesizer as IDisposable)?.Dispose();
    }

    private sealed class BrainHealth(IChatClient brain) : IHealthPart
    {
        public string Name => "brain";

        public string State => brain.GetService<ChatClientMetadata>() is { } about ? $"{about.ProviderName}: {about.DefaultModelId}" : brain.GetType().Name;
    }

    private sealed class SynthesizerHealth(IServiceProvider services) : IHealthPart
    {
        public string Name => "synthesizer";

        public string State
        {
            get
            {
                var used = services.GetRequiredService<ISpeechSynthesizer>();
                var local = services.GetRequiredService<LocalVoice>();
                return ReferenceEquals(used, local.Synthesizer) ? local.Reason : used.Name;
            }
        }
    }
}

[OptionsValidator]
internal sealed partial class CascadeOptionsValidator : IValidateOptions<CascadeOptions>;
