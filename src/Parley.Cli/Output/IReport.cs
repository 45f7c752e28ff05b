using Parley.Client;
using Parley.Speech.Models;

namespace Parley.Cli.Output;

/// <summary>The output of a command: for people, or one JSON object per line.</summary>
internal interface IReport
{
    /// <summary>Reports a fact, as a sentence and as data.</summary>
    void Fact(string kind, string sentence, params ReadOnlySpan<(string Name, object? Value)> data);

    /// <summary>
    /// Reports a list: for people a table with a header, or a sentence if it is empty; for programs one object per row and a last one,
    /// <c>{"type":"…List","count":…}</c>, so that an empty list is an answer too.
    /// </summary>
    void Table(string kind, IReadOnlyList<string> header, IReadOnlyList<TableRow> rows, string whenEmpty);

    /// <summary>Reports a note about the result, such as a warning; for people on standard error.</summary>
    void Note(string sentence);

    /// <summary>Reports a transcript of the user, as the server recognized it.</summary>
    void Heard(string text);

    /// <summary>Reports a piece of the model's text, as it arrives.</summary>
    void Said(string text);

    /// <summary>Ends a line of model text.</summary>
    void EndLine();

    /// <summary>Reports a failed check in several lines; for people on standard error.</summary>
    void Text(string kind, string text);

    /// <summary>
    /// Shows how far a transfer is while it runs: a bar in a terminal, some lines elsewhere, for programs an object a second.
    /// </summary>
    /// <param name="name">What is transferred.</param>
    /// <param name="transfer">Does the work and calls its argument for each piece.</param>
    Task TransferAsync(string name, Func<Action<TransferProgress>, Task> transfer);

    /// <summary>Reports an error.</summary>
    void Error(string message, EndCause? cause);
}
