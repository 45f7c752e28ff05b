
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

    /// <summary>As <see cref="Date"/>, of the next day.</summary>
    public required string DateTomorrow { get; init; }

    /// <summary>As <see cref="Date"/>, of the day before.</summary>
    public required string DateYesterday { get; init; }

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

    /// <summary>{0} what was heard, {1} and {2} things to say instead.</summary>
    public required string Fallback { get; init; }

    /// <summary>Things to say that the assistant can do, the most useful first.</summary>
    public required string[] Suggestions { get; init; }

    /// <summary>Answers a question for facts. {0} a thing to say instead.</summary>
    public required string NoKnowledge { get; init; }

    /// <summary>Answers a question about the weather that no function can answer.</summary>
    public required string NoWeather { get; init; }

    /// <summary>Answers a request for an action that no function can do. {0} a thing to say instead.</summary>
    public required string NoAction { get; init; }

    /// <summary>Answers "are you a real person".</summary>
    public required string NotHuman { get; init; }

    /// <summary>Answers questions about its age, home, maker and taste.</summary>
    public required string NothingPersonal { get; init; }

    public required string Tired { get; init; }

    public required string Sad { get; init; }

    public required string Happy { get; init; }

    public required string Bored { get; init; }

    /// <summary>{0} seconds.</summary>
    public required string SpeechWithoutWords { get; init; }

    public required string NothingHeard { get; init; }

    /// <summary>{0} function.</summary>
    public required string UnknownFunction { get; init; }

    /// <summary>{0} function.</summary>
    public required string BadArguments { get; init; }

    /// <summary>{0} argument, {1} function. Also used to recognize the question when its answer comes, so it must name both.</summary>
    public required string AskArgument { get; init; }

    /// <summary>{0} values with their names; for languages without sentences for results.</summary>
    public required string Result { get; init; }

    /// <summary>A function did what it was asked to do.</summary>
    public required string Done { get; init; }

    /// <summary>{0} hours and minutes, as a function returned them.</summary>
    public required string TimeResult { get; init; }

    /// <summary>{0} reason.</summary>
    public required string Failure { get; init; }

    /// <summary>A function failed without a reason.</summary>
    public required string Failed { get; init; }

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
