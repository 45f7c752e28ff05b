using System.Text;
using Parley.Testing.Conformance.Running;
using Parley.Testing.Conformance.Sockets;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>The JSON reader of the service: proto3 JSON, and what goes beyond it.</summary>
internal static class JsonChecks
{
    private const string Payload = "Invalid JSON payload received.";
    private const string Audio = """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"DATA"}}}""";

    internal static void AddTo(CheckList list)
    {
        list.Area("json", "2.2");
        list.Accepts("snake-case", "Members in snake_case are accepted.", "\"generation_config\":{\"response_modalities\":[\"AUDIO\"],\"top_k\":3}");
        list.Accepts("mixed-case", "Both spellings may be mixed in one message.", "\"generation_config\":{\"responseModalities\":[\"AUDIO\"],\"top_k\":3}");
        list.Refuses("both-spellings", "Both spellings of one member are refused.",
            "\"generationConfig\":{\"topK\":3,\"top_k\":4}", "", severity: Should);
        list.RefusesFirst("unknown-top-level", "An unknown member of the message is refused by name.",
            """{"hello":{}}""", "Unknown name \"hello\": Cannot find field.");
        list.Refuses("unknown-in-setup", "An unknown member of the setup is refused by name and place.",
            "\"hello\":1", "Unknown name \"hello\" at 'setup': Cannot find field.");
        list.Refuses("unknown-nested", "The place of an unknown member is given in snake_case.",
            "\"generationConfig\":{\"hello\":1}", "Unknown name \"hello\" at 'setup.generation_config': Cannot find field.");
        list.Refuses("unknown-deep", "An unknown member is refused at any depth, with its index in a list.",
            "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"hello\":1}]}]", "Unknown name \"hello\" at 'setup.tools[0].function_declarations[0]'");
        list.Refuses("unknown-in-map", "A member of a map is named `properties[0].value` in the place.",
            "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"parameters\":{\"type\":\"OBJECT\",\"properties\":{\"a\":{\"type\":\"STRING\",\"hello\":1}}}}]}]",
            "properties[0].v", severity: Should);
        list.RefusesMessage("unknown-in-session", "An unknown member is refused in a running session, too.",
            """{"realtimeInput":{"hello":1}}""", "Unknown name \"hello\" at 'realtime_input': Cannot find field.");
        list.RefusesMessage("unknown-message", "An unknown message is refused in a running session.", """{"hello":{}}""", "Unknown name \"hello\": Cannot find field.");
        list.RefusesFirst("case-sensitive", "Names differ by case.", """{"Setup":{"model":"$MODEL"}}""", "Unknown name \"Setup\"");

        list.Accepts("enum-lower-case", "Names of enums are accepted in lower case.", "\"generationConfig\":{\"responseModalities\":[\"audio\"]}");
        list.Accepts("enum-number", "Numbers of enums are accepted.", "\"generationConfig\":{\"mediaResolution\":1}");
        list.Refuses("enum-unknown", "An unknown name of an enum is refused with its place.",
            "\"generationConfig\":{\"responseModalities\":[\"SMELL\"]}", "Invalid value at 'setup.generation_config.response_modalities");
        list.Refuses("enum-object", "An object in place of an enum is refused.", "\"generationConfig\":{\"mediaResolution\":{}}", "Invalid|Unknown name");

        list.Accepts("number-string", "A number may be written as a string.", "\"generationConfig\":{\"temperature\":\"0.5\"}");
        list.Accepts("integer-fraction", "An integer may be written as 5.0.", "\"generationConfig\":{\"topK\":5.0}");
        list.Accepts("integer-exponent", "An integer may be written as 5e0.", "\"generationConfig\":{\"topK\":5e0}");
        list.Refuses("integer-half", "A fraction in place of an integer is refused.", "\"generationConfig\":{\"seed\":5.5}", "Invalid value at 'setup.generation_config.seed'");
        list.Refuses("integer-range", "A number beyond 32 bits is refused.",
            "\"generationConfig\":{\"seed\":3000000000}", "Invalid value at 'setup.generation_config.seed'");
        list.Refuses("number-text", "A text in place of a number is refused with its place.",
            "\"generationConfig\":{\"temperature\":\"hot\"}", "Invalid value at 'setup.generation_config.temperature'");
        list.Refuses("number-boolean", "A boolean in place of a number is refused.",
            "\"generationConfig\":{\"temperature\":true}", "Invalid value at 'setup.generation_config.temperature'");
        list.Refuses("boolean-string", "A text in place of a boolean is refused.",
            "\"realtimeInputConfig\":{\"automaticActivityDetection\":{\"disabled\":\"yes\"}}", "Invalid value at 'setup.realtime_input_config.automatic_activity_detection.disabled'");
        list.Refuses("boolean-number", "A number in place of a boolean is refused.",
            "\"realtimeInputConfig\":{\"automaticActivityDetection\":{\"disabled\":1}}", "Invalid value at 'setup.realtime_input_config.automatic_activity_detection.disabled'");
        list.Refuses("string-number", "A number in place of a text is refused.",
            "\"systemInstruction\":{\"parts\":[{\"text\":5}]}", "Invalid value at 'setup.system_instruction.parts");
        list.Accepts("int64-string", "64-bit integers are accepted as strings.",
            "\"contextWindowCompression\":{\"triggerTokens\":\"25000\",\"slidingWindow\":{\"targetTokens\":\"8000\"}}");
        list.Accepts("int64-number", "64-bit integers are accepted as numbers.",
            "\"contextWindowCompression\":{\"triggerTokens\":25000,\"slidingWindow\":{\"targetTokens\":8000}}");
        list.Refuses("object-for-text", "An object in place of a text is refused.",
            "\"generationConfig\":{\"speechConfig\":{\"languageCode\":{}}}", "Invalid|Unknown name");
        list.Refuses("text-for-object", "A text in place of an object is refused.", "\"generationConfig\":\"hot\"", "Invalid value at 'setup.generation_config'");

        list.Accepts("null", "`null` is as if the member were absent.", "\"generationConfig\":{\"temperature\":null,\"topK\":null},\"systemInstruction\":null,\"tools\":null");
        list.Accepts("single-for-list", "A single value is accepted where a list is expected.", "\"generationConfig\":{\"responseModalities\":\"AUDIO\"}");
        list.Accepts("single-object-for-list", "A single object is accepted where a list is expected.",
            "\"tools\":{\"functionDeclarations\":{\"name\":\"f\"}},\"systemInstruction\":{\"parts\":{\"text\":\"Be brief.\"}}");
        list.Refuses("list-for-single", "A list is refused where one value is expected, with the text of the service.",
            "\"generationConfig\":[{\"topK\":3}]", "Proto field is not repeating, cannot start list.");
        list.RefusesMessage("list-for-object", "A list in place of the response of a function is refused by name and place.",
            """{"toolResponse":{"functionResponses":[{"id":"a","name":"f","response":[]}]}}""",
            "Unknown name \"response\" at 'tool_response.function_responses[0]': Proto field is not repeating, cannot start list.");
        list.Refuses("two-of-a-oneof", "Two members of a oneof are refused.",
            "\"generationConfig\":{\"speechConfig\":{\"voiceConfig\":{\"prebuiltVoiceConfig\":{\"voiceName\":\"Puck\"},\"replicatedVoiceConfig\":{\"mimeType\":\"audio/wav\"}}}}",
            "", severity: Should);
        list.RefusesMessage("two-messages", "Two kinds of message in one are refused.", """{"clientContent":{},"realtimeInput":{"text":"hello"}}""", "Invalid");

        Base64(list, "base64-standard", "Base64 with padding is accepted.", "+/8=");
        Base64(list, "base64-unpadded", "Base64 without padding is accepted.", "+/8");
        Base64(list, "base64-url", "Base64 of the URL-safe alphabet is accepted.", "-_8=");
        Base64(list, "base64-url-unpadded", "Base64 of the URL-safe alphabet without padding is accepted.", "-_8");
        list.RefusesMessage("base64-invalid", "Invalid base64 is refused with its place.",
            Audio.Replace("DATA", "not base64!", StringComparison.Ordinal), "Invalid value at 'realtime_input.audio.data'");

        list.RefusesFirst("not-json", "A message that is not JSON closes with 1007.", "hello", Payload);
        list.RefusesFirst("truncated", "Truncated JSON closes with 1007.", "{\"setup\":{\"model\":\"$MODEL\"", Payload);
        list.RefusesFirst("array", "An array in place of the message closes with 1007.", "[]", Payload);
        list.RefusesFirst("string", "A string in place of the message closes with 1007.", "\"setup\"", Payload);
        list.RefusesFirst("trailing", "Something after the object closes with 1007.", "{\"setup\":{\"model\":\"$MODEL\"}} {}", Payload);
        list.RefusesFirst("empty", "An empty message closes with 1007.", "", "");
        list.RefusesFirst("single-quotes", "Single quotes close with 1007.", "{'setup':{'model':'$MODEL'}}", Payload);
        list.RefusesFirst("invalid-escape", "An invalid escape closes with 1007.", "{\"setup\":{\"model\":\"\\x41\"}}", Payload);
        list.RefusesFirst("binary-not-json", "A binary message that is not JSON closes with 1007.", "\u0001\u0002", Payload, ProbeMessage.Binary);
        list.Must("deep", "JSON of a thousand levels closes with 1007, or is accepted.", async probe =>
        {
            var line = await probe.OpenAsync(Prompts.Tools("BLOCKING"));
            var deep = new StringBuilder().Insert(0, "{\"a\":", 1_000).Append("{}").Append('}', 1_000);
            await line.SendAsync(Prompts.ToolResponse("nothing", response: deep.ToString()));
            var end = await line.EndAsync();
            probe.Require(end.CloseCode is 1007 or 1008, $"Expected close 1007 or 1008; got {end}.");
        });
        Form(list, "whitespace", "White space between tokens is accepted.", "\r\n{ \t\"setup\" :\n { \"model\" : \"$MODEL\" } }\n");
        Form(list, "escaped-names", "Escapes in names are accepted.", "{\"\\u0073etup\":{\"mo\\u0064el\":\"$MODEL\"}}");
        Form(list, "escaped-slash", "An escaped slash is accepted.", "{\"setup\":{\"model\":\"$SLASH\"}}");
        list.Accepts("unicode", "Texts of any language are accepted.", "\"systemInstruction\":{\"parts\":[{\"text\":\"Zażółć 日本語 😀 \\ud83d\\ude00\"}]}");
    }

    private static void Base64(CheckList list, string name, string text, string data) =>
        list.AcceptsMessage(name, text, Audio.Replace("DATA", data, StringComparison.Ordinal));

    private static void Form(CheckList list, string name, string text, string message) => list.Must(name, text, async probe =>
    {
        var line = await probe.ConnectAsync();
        var model = probe.Run.ModelName;
        await line.SendAsync(message.Replace("$MODEL", model, StringComparison.Ordinal)
            .Replace("$SLASH", model.Replace("/", "\\/", StringComparison.Ordinal), StringComparison.Ordinal));
        await line.UntilAsync(static answer => answer.Has("setupComplete"), "setupComplete");
    });
}
