namespace Parley.Server;

/// <summary>A part of the server that <c>/healthz</c> names, such as the synthesizer. Register as a singleton.</summary>
public interface IHealthPart
{
    /// <summary>Name of the part, such as <c>synthesizer</c>.</summary>
    string Name { get; }

    /// <summary>How it is, for people: <c>ready</c>, <c>no voice installed: tones are used</c>.</summary>
    string State { get; }
}
