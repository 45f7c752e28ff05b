using Parley.Assistant.Functions;

namespace Parley.Assistant.Grammar;

/// <summary>JSGF fragments for the values of function parameters.</summary>
internal static class SpokenValues
{
    /// <summary>Zero to a hundred.</summary>
    public const string Number =
        "(zero | one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen"
        + " | seventeen | eighteen | nineteen | (twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety)"
        + " [one | two | three | four | five | six | seven | eight | nine] | one hundred | a hundred)";

    private const string Weekday = "(monday | tuesday | wednesday | thursday | friday | saturday | sunday)";

    private const string Month =
        "(january | february | march | april | may | june | july | august | september | october | november | december)";

    private const string Ordinal =
        "(first | second | third | fourth | fifth | sixth | seventh | eighth | ninth | tenth | eleventh | twelfth | thirteenth | fourteenth | fifteenth"
        + " | sixteenth | seventeenth | eighteenth | nineteenth | twentieth | twenty (first | second | third | fourth | fifth | sixth | seventh | eighth | ninth)"
        + " | thirtieth | thirty first)";

    private const string Date = $"([on] (today | tomorrow | {Weekday} | {Month} {Ordinal} | [the] {Ordinal} of {Month}))";

    private const string Time = $"([at] (noon | midnight | {Number} [fifteen | thirty | forty five] (a m | p m | in the morning | in the afternoon | in the evening)))";

    public const string City =
        "(london | paris | berlin | madrid | rome | vienna | oslo | stockholm | copenhagen | helsinki | dublin | lisbon | amsterdam | brussels | prague"
        + " | warsaw | krakow | budapest | athens | zurich | geneva | munich | hamburg | barcelona | milan | venice | moscow | istanbul | cairo | nairobi"
        + " | dubai | delhi | mumbai | bangkok | singapore | beijing | shanghai | seoul | tokyo | sydney | melbourne | new york | boston | chicago"
        + " | washington | miami | houston | denver | seattle | san francisco | los angeles | toronto | montreal | mexico city | lima)";

    public const string Country =
        "(england | france | germany | spain | italy | austria | norway | sweden | denmark | finland | ireland | portugal | belgium | poland | hungary"
        + " | greece | switzerland | russia | turkey | egypt | kenya | india | thailand | china | korea | japan | australia | canada | mexico | cuba"
        + " | brazil | chile | peru | argentina | the united states)";

    private const string Room = "([the] (kitchen | bedroom | bathroom | living room | dining room | office | garage | garden | hall | basement))";

    public const string Colour =
        "(red | green | blue | yellow | orange | purple | pink | white | black | brown | gray | gold | silver | warm white | (light | dark) (red | green | blue | gray))";

    /// <summary>One to twenty, for how many of something.</summary>
    public const string Count =
        "(one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen"
        + " | eighteen | nineteen | twenty)";

    private const string Language = "(english | german | french | spanish | polish | italian | japanese | chinese)";

    // By the words of a parameter's name; anything else is free text, which a grammar cannot express.
    private static readonly Dictionary<string, string> ByName = new(StringComparer.Ordinal)
    {
        ["city"] = City, ["location"] = City, ["place"] = City, ["town"] = City, ["destination"] = City, ["origin"] = City,
        ["country"] = Country, ["room"] = Room, ["colour"] = Colour, ["color"] = Colour, ["language"] = Language,
    };

    /// <summary>Fragment for the values of a parameter; null if they cannot be listed.</summary>
    public static string? Of(ParameterShape parameter) => parameter switch
    {
        { EnumValues.Count: > 0 } => OfEnum(parameter.EnumValues),
        { IsColour: true } => Colour,
        { Type: "integer" or "number" } => $"({Number} [percent | degrees | minutes | seconds | hours])",
        { Type: "boolean" } => "(true | false | yes | no | on | off)",
        { IsDate: true } => Date,
        { IsTime: true } => Time,
        { Type: "string" } => parameter.NameWords.Select(word => ByName.GetValueOrDefault(word)).FirstOrDefault(value => value is not null),
        _ => null,
    };

    private static string? OfEnum(IReadOnlyList<string> names) =>
        names.Select(SpokenForm.Of).Where(words => words.Length > 0).ToArray() is { Length: > 0 } values ? OneOf(values) : null;

    /// <summary>Fragment for one of several alternatives; those that are not plain words are left out.</summary>
    public static string OneOf(IEnumerable<string> alternatives) =>
        $"({string.Join(" | ", alternatives.Where(SpokenForm.IsPlain).Distinct())})";
}
