using Parley.Assistant.Languages;

namespace Parley.Assistant.Grammar;

/// <summary>JSGF phrases for what the built-in assistant answers itself: small talk, sums, counting, and what it says it cannot know.</summary>
internal static class AssistantPhrases
{
    private const string Number = SpokenValues.Number;
    private const string Polite = "[please | could you | can you]";
    private const string Is = "(what is | what's)";

    public static IEnumerable<string> All()
    {
        // Questions and sums first: the list may be cut at its end.
        yield return "what time is it [now | please]";
        yield return $"{Is} the (time | date) [today | now]";
        yield return "what day is (it [today | tomorrow] | tomorrow)";
        yield return $"{Polite} tell me (the time | the date | a joke | another joke | a story | a long story | another story)";
        yield return $"[and] (what is | what's | how much is | calculate) {Number} (plus | minus | times | divided by | multiplied by) {Number}";
        yield return $"{Polite} count (to | down from) {Number}";
        yield return "(hello | hi | hey | good morning | good afternoon | good evening) [there | parley] [how are you [today | doing]]";
        yield return "how (are you | are you doing | is it going) [today]";
        yield return "what (can you do | can i say | do you do)";
        yield return "(how can you help | can you help) [me]";
        yield return "what (do | can) you see";
        yield return "are you (a robot | human | an ai | a real person | a person | a machine | real | a computer)";
        yield return "(who | what) are you";
        yield return $"({Is} | tell me) your name";
        yield return "how old are you";
        yield return "where are you from";
        yield return "(who made you | what is your favorite color | do you like music)";
        yield return $"(what is | what's | how is | how's) the weather [like] [today | tomorrow | in {SpokenValues.City}] [today | tomorrow]";
        yield return $"(will it | is it going to) rain [today | tomorrow] [in {SpokenValues.City}]";
        yield return "(i had | i've had) a (long | hard | bad | busy | good | great) day [at (work | school)] [and (i am | i'm) [a little | very | so] (tired | sad | happy | bored | stressed)]";
        yield return "(i am | i'm | i feel) [a little | very | so] (tired | sad | happy | bored | lonely | exhausted | stressed)";
        yield return "who (wrote | painted | invented | discovered) [the (book | play | novel)] (war and peace | hamlet | romeo and juliet | the bible | the mona lisa | the telephone | america)";
        yield return $"{Is} the capital of {SpokenValues.Country}";
        yield return "who (is the president | was the first president) of the united states";
        yield return "how (far | big | old) is the (moon | sun | earth)";
        yield return $"{Polite} (repeat | say) (that | that again | it again | the last sentence) [slower]";
        yield return $"{Polite} count from {Number} to {Number}";
        yield return $"{Polite} talk for a while";
        yield return "(thank you | thanks) [very much | goodbye]";
        yield return "what did i (say first | say last | just say)";
        var triggers = English.Language.Triggers;
        string[] whole =
        [
            .. triggers.Thanks, .. triggers.Goodbye, .. triggers.Stop, .. triggers.Pardon, .. triggers.HearMe, .. triggers.Feedback, .. triggers.Read,
            .. triggers.Identity, .. triggers.Abilities, .. triggers.SaidFirst, .. triggers.SaidLast, "what color is it", "slower", "more slowly",
            "make me laugh", "another joke",
        ];
        foreach (var phrase in whole.Where(SpokenForm.IsPlain).Distinct())
            yield return $"{phrase} [please | parley]";
    }
}
