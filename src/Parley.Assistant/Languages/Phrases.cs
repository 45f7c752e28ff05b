
namespace Parley.Assistant.Languages;

/// <summary>Sentences that the built-in assistant says. Numbers in braces are placeholders.</summary>
internal sealed record Phrases
{
    /// <summary>{0} own name.</summary>
    public required string Greeting { get; init; }

    /// <summary>{0} own name.</summary>
    public required string Identity { get; init; }

    public required string Abilities { get; init; }

    public required string HowAreYou { get; init; }

    public required string Thanks { get; init; }

    public required string Goodbye { get; init; }

    public required string Stop { get; init; }

    /// <summary>{0} hours and minutes.</summary>
    public required string Time { get; init; }

    /// <summary>{0} weekday, {1} day, {2} month, {3} year.</summary>
    public required string Date { get; init; }

    /// <summary>{0} result.</summary>
    public required string Sum { get; init; }

    public required string DivisionByZero { get; init; }

    public required string NumberTooLarge { get; init; }

    public required string NoRealResult { get; init; }

    /// <summary>{0} most numbers.</summary>
    public required string CountLimit { get; init; }

    /// <summary>{0} word, {1} letters.</summary>
    public required string Spelling { get; init; }

    /// <summary>{0} quotation.</summary>
    public required string SaidFirst { get; init; }

    /// <summary>{0} quotation.</summary>
    public required string EarliestKnown { get; init; }

    /// <summary>{0} quotation.</summary>
    public required string SaidLast { get; init; }

    public required string NothingSaid { get; init; }

    /// <summary>{0} width, {1} height, {2} colours, {3} brightness.</summary>
    public required string Image { get; init; }

    public required string NoImage { get; init; }

    public required string ImageTooLarge { get; init; }

    public required string ImageUnreadable { get; init; }

    /// <summary>{0} what was heard.</summary>
    public required string Fallback { get; init; }

    /// <summary>{0} seconds.</summary>
    public required string SpeechWithoutWords { get; init; }

    public required string NothingHeard { get; init; }

    /// <summary>{0} function.</summary>
    public required string UnknownFunction { get; init; }

    /// <summary>{0} function.</summary>
    public required string BadArguments { get; init; }

    /// <summary>{0} argument, {1} function. Also used to recognize the question when its answer comes, so it must name both.</summary>
    public required string AskArgument { get; init; }

    /// <summary>{0} function, {1} values.</summary>
    public required string Result { get; init; }

    /// <summary>{0} function.</summary>
    public required string ResultEmpty { get; init; }

    /// <summary>{0} function, {1} reason.</summary>
    public required string Failure { get; init; }

    /// <summary>{0} the last answer, with pauses.</summary>
    public required string Slowly { get; init; }

    public required string HearMe { get; init; }

    public required string Acknowledge { get; init; }

    /// <summary>{0} text found in a picture.</summary>
    public required string Read { get; init; }

    public required string ReadNothing { get; init; }

    public required string NoReader { get; init; }

    public required string Unchanged { get; init; }

    public required string ChangedLittle { get; init; }

    public required string Changed { get; init; }

    public required string[] Jokes { get; init; }
}
