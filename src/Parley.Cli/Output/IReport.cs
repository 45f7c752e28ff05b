using Parley.Client;

namespace Parley.Cli.Output;

/// <summary>What a command tells: to a person, or as one JSON object a line.</summary>
internal interface IReport
{
    /// <summary>A fact, as a sentence and as data.</summary>
    void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data);

    /// <summary>Words of the user, as the server understood them.</summary>
    void Heard(string text);

    /// <summary>Words of the model, as they come.</summary>
    void Said(string text);

    /// <summary>A line of words is over.</summary>
    void EndLine();

    /// <summary>Something went wrong.</summary>
    void Error(string message, EndCause? cause);
}
