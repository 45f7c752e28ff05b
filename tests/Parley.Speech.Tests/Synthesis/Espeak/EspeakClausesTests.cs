using Parley.Speech.Synthesis.Espeak;

namespace Parley.Speech.Tests;

public sealed class EspeakClausesTests
{
    [Theory]
    [InlineData("en-us", "Hello, world! How are you?", "Hello,=Comma|world!=Exclamation|How are you?=Question")]
    [InlineData("en-us", "It is 3.5 percent, at 10:30.", "It is 3.5 percent,=Comma|at 10:30.=Period")]
    [InlineData("en-us", "This one. and lower case", "This one. and lower case=Text")]
    [InlineData("en-us", "He said \"no.\" Then (yes!) he left.", "He said \"no.=Period|\" Then (yes!=Exclamation|) he left.=Period")]
    [InlineData("en-us", "Really?! Yes!!!", "Really?=Question|Yes!=Exclamation")]
    [InlineData("en-us", "U.S.A. is big", "U.S.A. is big=Text")]
    [InlineData("en-us", "a — b; c", "a —=Semicolon|b;=Semicolon|c=Text")]
    [InlineData("en-us", "Wait... what", "Wait…=UnmarkedClause|what=Text")]
    [InlineData("en-us", "No -- yes", "No -- yes=Text")]
    [InlineData("en-us", ". , ! (", "")]
    [InlineData("en-us", "", "")]
    [InlineData("de", "Am 1. Mai. Am II. Tag", "Am 1.=Period|Mai.=Period|Am II. Tag=Text")]
    [InlineData("ka", "ერთი. ორი", "ერთი.=Period|ორი=Text")]
    [InlineData("cmn", "你好，世界。今天", "你好，=UnmarkedClause|世界。=UnmarkedSentence|今天=Text")]
    [InlineData("es", "¿Qué tal? Bien", "¿Qué tal?=Question|Bien=Text")]
    [InlineData("hu", "december 2., szerda", "december 2. szerda=Text")]
    public void Clauses_end_where_those_of_espeak_do(string voice, string text, string clauses) =>
        Assert.Equal(clauses, string.Join('|', EspeakClauses.Split(text, voice).Select(static clause => $"{clause.Text}={clause.End}")));

    [Fact]
    public void Every_letter_is_in_one_clause()
    {
        CsCheck.Check.Sample(CsCheck.Gen.String[CsCheck.Gen.Char["aB1.,;:!?…-()\"' é。，\ud83d\ude00"], 0, 80], static text =>
        {
            var clauses = EspeakClauses.Split(text, "en-us");
            Assert.Equal(text.Where(char.IsLetterOrDigit), string.Concat(clauses.Select(static clause => clause.Text)).Where(char.IsLetterOrDigit));
        });
    }
}
