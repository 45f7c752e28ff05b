using Parley.Client;

namespace Parley.Cli.Output;

/// <summary>The output of a command: for people, or one JSON object per line.</summary>
internal interface IReport
{
    /// <summary>Reports a fact, as a sentence and as data.</summary>
    void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data);

    /// <summary>Reports a transcript of the user, as the server recognized it.</summary>
    void Heard(string text);

    /// <summary>Reports a piece of the model's text, as it arrives.</summary>
    void Said(string text);

    /// <summary>Ends a line of model text.</summary>
    void EndLine();

    /// <summary>Reports an error.</summary>
    void Error(string message, EndCause? cause);
}
