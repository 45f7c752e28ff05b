using System.Text.Json;

namespace Parley.Testing.Conformance.Running;

/// <summary>What the checks say. A model needs to understand only these.</summary>
internal static class Prompts
{
    /// <summary>Has a short answer.</summary>
    internal const string Short = "Say hello.";

    /// <summary>Has an answer of at least some seconds.</summary>
    internal const string Long = "Tell me a long story.";

    /// <summary>The function that every check of tools declares.</summary>
    internal const string Function = "get_weather";

    /// <summary>A second function, for parallel calls.</summary>
    internal const string OtherFunction = "set_lamp";

    /// <summary>Is answered by a call.</summary>
    internal const string Call = "Call the function get_weather with {\"location\":\"Paris\"}";

    /// <summary>Is answered by two calls.</summary>
    internal const string CallTwo =
        "Call the function get_weather with {\"location\":\"Paris\"} and call the function set_lamp with {\"room\":\"kitchen\"}";

    internal static string RealtimeText(string text) => $$$$"""{"realtimeInput":{"text":{{{{JsonSerializer.Serialize(text)}}}}}}""";

    internal static string Content(string text, bool complete = true) =>
        $$$$"""{"clientContent":{"turns":[{"role":"user","parts":[{"text":{{{{JsonSerializer.Serialize(text)}}}}}]}]{{{{(complete ? ",\"turnComplete\":true" : "")}}}}}}""";

    /// <summary>The member <c>tools</c> of a setup with both functions.</summary>
    internal static string Tools(string behavior) =>
        $$$$"""
        "tools":[{"functionDeclarations":[
        {"name":"get_weather","description":"Weather of a place","behavior":"{{{{behavior}}}}","parameters":{"type":"OBJECT","properties":{"location":{"type":"STRING"} } } },
        {"name":"set_lamp","description":"Turns on a lamp","behavior":"{{{{behavior}}}}","parameters":{"type":"OBJECT","properties":{"room":{"type":"STRING"} } } }]}]
        """;

    internal static string ToolResponse(string id, string name = Function, string response = """{"output":"sunny"}""", string more = "") =>
        $$$$"""{"toolResponse":{"functionResponses":[{"id":{{{{JsonSerializer.Serialize(id)}}}},"name":"{{{{name}}}}","response":{{{{response}}}}{{{{more}}}}}]}}""";
}
