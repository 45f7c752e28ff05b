using Parley.Audio;

namespace Parley.Testing;

/// <summary>Options of a conformance run.</summary>
public sealed class ConformanceOptions
{
    /// <summary>What the server is checked against. Default <see cref="ConformanceProfile.Developer"/>.</summary>
    public ConformanceProfile Profile { get; set; }

    /// <summary>Model of the sessions. Default <c>models/gemini-3.8-live</c>. Rules of other models are checked with these, where the server has them.</summary>
    public string Model { get; set; } = "models/gemini-3.8-live";

    /// <summary>API version in the paths. Default <c>v1beta</c>.</summary>
    public string ApiVersion { get; set; } = "v1beta";

    /// <summary>Ids of checks, or areas, that are left out.</summary>
    public IList<string> Except { get; } = [];

    /// <summary>Ids of checks, or areas, that are run; empty = all.</summary>
    public IList<string> Only { get; } = [];

    /// <summary>Checks that run at the same time. Default 8.</summary>
    public int Parallelism { get; set; } = 8;

    /// <summary>Longest wait for an answer of the server. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long nothing must arrive where the server must stay silent. Default 300 ms.</summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Speech to send, of any rate; null = a recorded question.</summary>
    public WavFile? Speech { get; set; }

    /// <summary>How much faster than real time speech is sent. Default 1; 0 = without any pause.</summary>
    public double SpeechSpeed { get; set; } = 1;
}

/// <summary>What a server is checked against.</summary>
public enum ConformanceProfile
{
    /// <summary>The Developer API. Forms that the public service refuses but compatible servers may accept are not checked.</summary>
    Developer,

    /// <summary>The Developer API, and the server must refuse all that the public service refuses.</summary>
    Strict,

    /// <summary>Vertex AI: its path, a bearer credential, its names of usage members.</summary>
    Vertex,
}

/// <summary>A conformance run could not begin: no server, or none that opens a session.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ConformanceException()
    {
    }

    /// <inheritdoc cref="ConformanceException()"/>
    public ConformanceException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="ConformanceException()"/>
    public ConformanceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
