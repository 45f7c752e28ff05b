namespace Parley.Server;

/// <summary>A part of the server that <c>/healthz</c> and <c>/readyz</c> name, such as the synthesizer. Register as a singleton.</summary>
public interface ILiveHealthPart
{
    /// <summary>Name of the part, such as <c>synthesizer</c>.</summary>
    string Name { get; }

    /// <summary>How it is, for people: <c>ready</c>, <c>no voice installed: tones are used</c>.</summary>
    string State { get; }

    /// <summary>Whether the server can take sessions as far as this part is concerned; false makes <c>/readyz</c> answer 503. Default true.</summary>
    bool IsReady => true;
}
