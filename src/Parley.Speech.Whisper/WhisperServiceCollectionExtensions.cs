using Microsoft.Extensions.DependencyInjection.Extensions;
using Parley.Speech.Hosting;
using Parley.Speech.Whisper;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Whisper to the speech engines of an application.</summary>
public static class WhisperServiceCollectionExtensions
{
    /// <summary>
    /// Makes Whisper available to <c>UseCascade</c> and <c>UseLocalModel</c>: the configuration section "Speech:Recognizer" can name it as
    /// provider "whisper", and "auto" prefers it if a model is installed or configured.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    public static IServiceCollection AddWhisper(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRecognizerProvider, WhisperProvider>());
        return services;
    }
}
