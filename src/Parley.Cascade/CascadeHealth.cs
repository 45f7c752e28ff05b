using Microsoft.Extensions.AI;
using Parley.Server;

namespace Parley.Cascade;

internal sealed class ChatModelHealth(IChatClient chatModel) : ILiveHealthPart
{
    public string Name => "chatModel";

    public string State =>
        chatModel.GetService<ChatClientMetadata>() is { } about
            ? $"{about.ProviderName}: {about.DefaultModelId}"
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
