using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server;
using Parley.Speech;
using Parley.Speech.Hosting;

namespace Parley.Cascade;

/// <summary>Which engines answer, in one line; start message, doctor and console show it too.</summary>
internal sealed class EnginesHealth(IServiceProvider services, CascadeEngines engines) : ILiveHealthPart
{
    public string Name => "engines";

    public string State => services.GetService<ILiveModel>() is CascadeModel
        ? EngineLine.Create(
            CascadeBuilderExtensions.ChatModelOf(services), engines.Recognizer, engines.Synthesizer, services.GetRequiredService<ModelStore>(),
            [.. services.GetServices<IRecognizerProvider>().Select(static provider => provider.Name)]).ToString()
        : "not on this machine: another model answers";
}

internal sealed class ChatModelHealth(IServiceProvider services) : ILiveHealthPart
{
    public string Name => "chatModel";

    public string State =>
        CascadeBuilderExtensions.ChatModelOf(services) is not { } chatModel ? "none"
        : chatModel.GetService<ChatClientMetadata>() is { } about ? $"{about.ProviderName}: {about.DefaultModelId}"
        : chatModel.GetType().Name;
}

internal sealed class WarmUpHealth(CascadeWarmUp warmUp) : ILiveHealthPart
{
    public string Name => "warmUp";

    public string State => warmUp.State;

    public bool IsReady => warmUp.IsReady;
}

internal sealed class RecognizerHealth(CascadeEngines engines) : ILiveHealthPart
{
    public string Name => "recognizer";

    public string State => engines.Recognizer.State;
}

internal sealed class DetectorHealth(CascadeEngines engines) : ILiveHealthPart
{
    public string Name => "detector";

    public string State => engines.Detectors.State;
}

internal sealed class SynthesizerHealth(CascadeEngines engines) : ILiveHealthPart
{
    public string Name => "synthesizer";

    public string State => engines.Synthesizer.State;
}
