namespace Parley.Server;

/// <summary>A component that <c>/healthz</c> and <c>/readyz</c> report, such as the synthesizer. Register it as a singleton.</summary>
public interface ILiveHealthPart
{
    /// <summary>Name of the component, such as <c>synthesizer</c>.</summary>
    string Name { get; }

    /// <summary>Its state as display text, such as <c>ready</c> or <c>no voice installed: tones are used</c>.</summary>
    string State { get; }

    /// <summary>Whether this component can take sessions; if not, <c>/readyz</c> answers 503. Default true.</summary>
    bool IsReady => true;
}
