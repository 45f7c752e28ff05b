using System.Text;

namespace Parley.Testing.Tests.Files;

/// <summary>What is wrong in a file is reported all at once, with its place and with what is allowed.</summary>
public sealed class LinterTests
{
    [Fact]
    public void File_with_every_field_has_no_problem() => Assert.Empty(ScenarioFiles.Lint(ScenarioFiles.EveryField));

    [Fact]
    public void All_errors_are_reported_at_once_in_the_order_of_their_lines()
    {
        var problems = ScenarioFiles.Lint("""
            stric: true
            rules:
              - user: { txt: lamp }
                model: Done.
              - user: lamp
                model:
                  - wait: soon
                  - say: Hi
                    pase: fast
              - usr: lamp
                model: Done.
            """);

        Assert.Equal(
            [
                "a.yaml:1:1: error: 'stric' is not a key of a scenario. Did you mean 'strict'?",
                "a.yaml:3:13: error: 'txt' is not a key of a condition. Did you mean 'text'?",
                "a.yaml:7:15: error: 'wait' must be a duration such as 40ms, 1.5s, 30m or 12h, not the text 'soon'.",
                "a.yaml:9:9: error: 'pase' is not a key of a 'say' step. Did you mean 'pace'?",
                "a.yaml:10:5: error: 'usr' is not a key of a rule. Did you mean 'user'?",
                "a.yaml:10:5: error: A reply begins with one of: user (what the user says), opened: true (the session starts), speechStarts: true (the user begins to speak).",
            ],
            problems);
    }

    [Theory]
    [InlineData("rules: lamp", "a.yaml:1:8: error: 'rules' must be a list, not the text 'lamp'. Begin each entry with '- '.")]
    [InlineData("- rules", "a.yaml:1:1: error: A scenario must be a map, not a list. It can have: ")]
    [InlineData("strict: no", "a.yaml:1:9: error: 'strict' must be true or false, not the text 'no'.")]
    [InlineData("rules: [{ user: { pattern: '(' }, model: x }]", "error: 'pattern' is not a regular expression: ")]
    [InlineData("rules: [{ user: { pattern: '(?=x)' }, model: x }]", "error: 'pattern' has a lookaround, ")]
    [InlineData("rules: [{ user: { recording: gone.wav }, model: x }]", "error: 'recording': there is no file gone.wav in the folder of the scenario.")]
    [InlineData("rules: [{ user: x, model: { play: broken.wav } }]", "error: 'play': broken.wav cannot be used: ")]
    [InlineData("rules: [{ user: { louder: 3 }, model: x }]", "error: 'louder' must be a number from -100 to 0, not the number 3.")]
    [InlineData("rules: [{ user: { speech: { min: 2s, max: 1s } }, model: x }]", "error: 'min' is longer than 'max'.")]
    [InlineData("rules: [{ user: { setup: { modl: x } }, model: x }]", "error: 'setup' is not a part of a setup: ")]
    [InlineData("rules: [{ user: {}, model: x }]", "error: The condition is empty. For any turn write anything: true.")]
    [InlineData("rules: [{ user: { any: [] }, model: x }]", "error: 'any' must be a list of conditions, not an empty list.")]
    [InlineData("rules: [{ user: x }]", "error: The reply is missing. Give it with 'model'; for an empty answer write model: [].")]
    [InlineData("rules: [{ user: x, model: }]", "error: 'model' is empty.")]
    [InlineData("rules: [{ user: x, opened: true, model: x }]", "a.yaml:1:20: error: A reply begins with one of: ")]
    [InlineData("rules: [{ user: x, model: x, once: true, times: 2 }]", "error: The rule has 'once' and 'times'. Give one of them.")]
    [InlineData("rules: [{ user: x, model: x, times: 0 }]", "error: 'times' must be a whole number of at least 1, not the number 0.")]
    [InlineData("rules: [{ user: x, model: { say: x, think: y } }]", "a.yaml:1:37: error: A step does one thing, but this one has 'say' and 'think'.")]
    [InlineData("rules: [{ user: x, model: { close: 1006 } }]", "error: 1006 is a close code that no frame can carry.")]
    [InlineData("rules: [{ user: x, model: { close: 99 } }]", "error: 'close' must be a whole number from 1000 to 4999, not the number 99.")]
    [InlineData("rules: [{ user: x, model: { send: { brandNew: 1 } } }]", "error: 'send' has 'brandNew', which is not a member of a server message. Use 'raw' ")]
    [InlineData("rules: [{ user: x, model: { echo: 1 } }]", "error: 'echo' has no value of its own: write echo: true, not the number 1.")]
    [InlineData("rules: [{ user: x, model: { call: f, args: [1] } }]", "error: 'args' must be a map, not a list.")]
    [InlineData("rules: [{ user: x, model: { rawBase64: '%' } }]", "error: 'rawBase64' must be bytes in base64.")]
    [InlineData("rules: [{ user: x, model: { say: x, pace: quick } }]", "error: 'pace' must be realTime, fast or the time between two chunks, ")]
    [InlineData("conversation: [{ user: x, model: x }, { opened: true, model: x }]", "error: 'opened' can only be the first turn of a conversation.")]
    [InlineData("conversation: [{ user: x, model: x, once: true }]", "error: 'once' is not a key of a turn.")]
    [InlineData("server: { modelsAsOf: today }", "error: 'modelsAsOf' must be a day such as 2026-06-30, not the text 'today'.")]
    [InlineData("server: { goAwayLead: 0s }", "error: 'goAwayLead' must be longer than zero.")]
    [InlineData("faults: [{ point: nowhere, action: cut }]", "a.yaml:1:10: error: \"nowhere\" is not a point of a fault. Points: ")]
    [InlineData("faults: [{ point: firstAudio, action: cut, code: 1011 }]", "error: The value \"code\" belongs to close, not to \"cut\" at \"firstAudio\".")]
    [InlineData("faults: [{ point: firstAudio, action: close, cod: 1011 }]", "error: 'cod' is not a key of a fault. Did you mean 'code'?")]
    [InlineData("quirks: [nonsense]", "error: There is no quirk 'nonsense'")]
    [InlineData("", "a.yaml:1:1: error: The file is empty. It needs a 'conversation' or 'rules'.")]
    [InlineData("# only a comment", "a.yaml:1:1: error: The file is empty.")]
    public void Error_says_what_is_wrong_and_what_is_allowed(string text, string expected) =>
        Assert.Contains(ScenarioFiles.Lint(text), problem => problem.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("rules: [{ user: { anything: true }, model: x }, { user: lamp, model: y }]", "The rule is never reached: the one in line 1 replies to every turn.")]
    [InlineData("rules: [{ user: lamp, model: x }, { user: the LAMP, model: y }]", "The rule is never reached: the one in line 1 replies to every turn with \"lamp\".")]
    [InlineData("rules: [{ opened: true, model: x }, { opened: true, model: y }]", "The rule is never reached: ")]
    [InlineData("rules: [{ user: x, model: { call: f, args: { on: yes } } }]", "yes is a text. For a flag write true or false, for a text \"yes\".")]
    [InlineData("name: nothing", "The scenario has neither a 'conversation' nor 'rules'")]
    public void Probable_mistake_is_a_warning(string text, string expected)
    {
        var problem = Assert.Single(ScenarioFiles.Lint(text));

        Assert.Contains("warning: " + expected, problem, StringComparison.Ordinal);
        Assert.Single(ScenarioFiles.Parse(text).Warnings);
    }

    [Theory]
    [InlineData("rules: [{ user: { anything: true }, model: x, once: true }, { user: lamp, model: y }]")]
    [InlineData("rules: [{ user: the lamp, model: x }, { user: lamp, model: y }]")]
    [InlineData("rules: [{ user: lamp, model: x }, { opened: true, model: y }]")]
    public void Rule_that_can_be_reached_is_no_mistake(string text) => Assert.Empty(ScenarioFiles.Lint(text));

    [Fact]
    public void Words_that_YAML_1_1_takes_for_flags_are_texts()
    {
        var file = ScenarioFiles.Parse("rules: [{ user: no, model: yes }, { user: on, model: off }, { user: 0123, model: ~ }, { user: y, model: n }]");
        var scenario = new Scenario();
        file.AddTo(scenario);

        Assert.Equal(["text that contains \"no\"", "text that contains \"on\"", "text that contains \"0123\"", "text that contains \"y\""], scenario.Rules.Select(static rule => rule.Match.Description));
    }

    [Fact]
    public void Duplicate_key_is_an_error_in_YAML_and_JSON()
    {
        Assert.Equal(["a.yaml:2:1: error: The key 'strict' is given twice in the same map, first in line 1. Remove one."], ScenarioFiles.Lint("strict: false\nstrict: false"));
        Assert.Equal(["a.json:2:2: error: The key 'strict' is given twice in the same map, first in line 1. Remove one."], ScenarioFiles.Lint("{\"strict\":false,\n \"strict\":false}", "a.json"));
    }

    [Fact]
    public void Tab_in_the_indentation_is_named() =>
        Assert.Equal(["a.yaml:3:1: error: There is a tab in the indentation. YAML allows spaces only."], ScenarioFiles.Lint("rules:\n  - user: x\n\tmodel: y"));

    [Fact]
    public void Anchors_are_read_and_what_they_repeat_is_bounded()
    {
        Assert.Empty(ScenarioFiles.Lint("rules: [{ user: x, model: &hi [Hi] }, { user: y, model: *hi }]"));
        var bomb = new StringBuilder("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
            bomb.AppendLine($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");

        Assert.Contains("The file has more than 100,000 values, those of repeated anchors counted each time.", Assert.Single(ScenarioFiles.Lint(bomb.ToString())), StringComparison.Ordinal);
        Assert.Contains("is inside of its own anchor", Assert.Single(ScenarioFiles.Lint("rules: &a [*a]")), StringComparison.Ordinal);
        Assert.Contains("There is no anchor &b", Assert.Single(ScenarioFiles.Lint("rules: *b")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.yaml", "rules: {{{")]
    [InlineData("a.yaml", "a: b: c")]
    [InlineData("a.yaml", "x: 1\n---\ny: 2")]
    [InlineData("a.yaml", "x: !!binary AAAA")]
    [InlineData("a.yaml", "? [a]\n: b")]
    [InlineData("a.yaml", "\"\\q\"")]
    [InlineData("a.json", "{")]
    [InlineData("a.json", "{} {}")]
    [InlineData("a.json", "{\"a\":\"\\ud800\"}")]
    [InlineData("a.json", "{\"a\":1,}")]
    [InlineData("a.json", "")]
    public void Text_that_cannot_be_read_is_one_error(string name, string text) =>
        Assert.Contains("error: ", Assert.Single(ScenarioFiles.Lint(text, name)), StringComparison.Ordinal);

    [Fact]
    public void Deep_and_huge_files_are_refused()
    {
        Assert.Contains("nested deeper than 64 levels", Assert.Single(ScenarioFiles.Lint("a: " + new string('[', 100) + new string(']', 100))), StringComparison.Ordinal);
        Assert.Contains("error: This is not JSON", Assert.Single(ScenarioFiles.Lint(new string('[', 100) + new string(']', 100), "a.json")), StringComparison.Ordinal);
        Assert.Contains("a scenario file has at most 1048576", Assert.Single(ScenarioFiles.Lint(new string(' ', (1 << 20) + 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_changes_of_a_file_never_throw()
    {
        const string Signs = "{}[]:-&*'\"\t\n#!|>%@`~,?";
        var random = new Random(20261129);
        var text = ScenarioFiles.EveryField;
        for (var i = 0; i < 100; i++)
        {
            var at = random.Next(text.Length);
            var changed = random.Next(3) switch
            {
                0 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
                1 => text.Insert(at, Signs[random.Next(Signs.Length)].ToString()),
                _ => text[..at],
            };
            Assert.All(ScenarioFile.Lint(changed, "a.yaml", ScenarioFiles.Folder), static problem => Assert.True(problem.Line > 0 && problem.Column > 0 && problem.Message.Length > 0));
        }
    }
}
