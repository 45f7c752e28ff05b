using System.Text.Json;

namespace Parley.Testing.Conformance.Running;

/// <summary>Answers to <see cref="Prompts"/>.</summary>
internal static class ConformanceScenario
{
    private static readonly ScriptedCall Weather = new(Prompts.Function, JsonElement.Parse("""{"location":"Paris"}"""));
    private static readonly ScriptedCall Lamp = new(Prompts.OtherFunction, JsonElement.Parse("""{"room":"kitchen"}"""));

    internal static void AddTo(Scenario scenario)
    {
        scenario.When(Heard.ExactText(Prompts.CallTwo)).Calls(Weather, Lamp).Says("Both are done.").Optional();
        scenario.When(Heard.ExactText(Prompts.Call)).Calls(Weather).Says("It is sunny.").Optional();
        // After an interruption the turn has the text that was not answered, too.
        scenario.When(Heard.ExactText(Prompts.Long) & !Heard.Speech()).Says("Once upon a time there was a harbour with many ships. ", LongSpeech).Optional();
        scenario.When(Heard.Anything).Says("Hello!", new SpokenReply { Duration = TimeSpan.FromMilliseconds(200) }).Optional();
    }

    private static SpokenReply LongSpeech { get; } = new() { Every = TimeSpan.FromMilliseconds(40), Duration = TimeSpan.FromSeconds(8) };
}
