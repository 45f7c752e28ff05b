namespace Parley.Phone.Carriers;

/// <summary>The facts of a <c>start</c> message. Everything in it is a claim until its token is checked.</summary>
internal sealed class StreamStart
{
    /// <summary>Most parameters that are read; the rest is ignored.</summary>
    internal const int MaxParameters = 24;

    internal string StreamId { get; set; } = "";

    internal string CallId { get; set; } = "";

    internal string From { get; set; } = "";

    internal string To { get; set; } = "";

    internal string Encoding { get; set; } = "";

    internal int? SampleRateHz { get; set; }

    internal int? Channels { get; set; }

    /// <summary>Parameters of the stream by name, as they were given to the carrier.</summary>
    internal Dictionary<string, string> Parameters { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal void Add(string name, string value)
    {
        if (name.Length > 0 && Parameters.Count < MaxParameters)
            Parameters.TryAdd(name, value);
    }
}
