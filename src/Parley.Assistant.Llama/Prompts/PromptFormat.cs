using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Parley.Assistant.Llama.Prompts;

/// <summary>
/// Writes functions, calls and results as text. Forms: https://qwen.readthedocs.io/en/latest/framework/function_call.html and
/// https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/
/// </summary>
internal sealed class PromptFormat(CallFormat calls, bool canThink)
{
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>The form that a chat template shows.</summary>
    public static PromptFormat Of(string? template)
    {
        return new(
            Has("<tool_call>") ? CallFormat.Hermes : Has("<|start_header_id|>") && Has("ipython") ? CallFormat.Llama3 : CallFormat.Generic,
            Has("enable_thinking"));

        bool Has(string mark) => template?.Contains(mark, StringComparison.Ordinal) == true;
    }

    public CallFormat Calls => calls;

    /// <summary>Where an answer begins that was thought about already: the model then does not think. Empty if it does not think anyway.</summary>
    public string NoThoughts => canThink ? "<think>\n\n</think>\n\n" : "";

    /// <summary>The role of messages with function results.</summary>
    public string ResultRole => calls == CallFormat.Llama3 ? "ipython" : "user";

    /// <summary>The instruction that declares functions.</summary>
    public string Declare(IEnumerable<AIFunctionDeclaration> functions)
    {
        var lines = string.Join('\n', functions.Select(Describe));
        return calls switch
        {
            CallFormat.Hermes =>
                "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
                + $"You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n{lines}\n</tools>\n\n"
                + "For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n"
                + "<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>",
            CallFormat.Llama3 =>
                "You have access to these functions. To call one, answer only with JSON of the form "
                + "{\"name\": function name, \"parameters\": dictionary of argument name and its value}. Do not use variables.\n\n" + lines,
            _ =>
                "You can call these functions, one JSON object a line:\n" + lines + "\n\nIf a function is needed, answer only with "
                + "<tool_call>{\"name\": \"the function\", \"arguments\": {}}</tool_call>, with the arguments filled in. You then get its result. "
                + "Otherwise answer in plain words.",
        };
    }

    /// <summary>A call as the model wrote it.</summary>
    public string Call(FunctionCallContent call)
    {
        var arguments = call.Arguments is { } given
            ? JsonSerializer.SerializeToNode(given, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)))
            : new JsonObject();
        var written = new JsonObject { ["name"] = call.Name, [calls == CallFormat.Llama3 ? "parameters" : "arguments"] = arguments };
        return calls == CallFormat.Llama3 ? Json(written) : $"<tool_call>\n{Json(written)}\n</tool_call>";
    }

    /// <summary>A result as the model expects it.</summary>
    public string Result(FunctionResultContent result)
    {
        var text = result.Result switch
        {
            null => "null",
            string words => words,
            JsonElement json => json.GetRawText(),
            var other => JsonSerializer.Serialize(other, Compact.GetTypeInfo(typeof(object))),
        };
        return calls == CallFormat.Llama3 ? text : $"<tool_response>\n{text}\n</tool_response>";
    }

    private static string Describe(AIFunctionDeclaration function) => Json(new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = function.Name,
            ["description"] = function.Description,
            ["parameters"] = JsonNode.Parse(function.JsonSchema.GetRawText()),
        },
    });

    // Models were trained on JSON with characters as they are, not escaped.
    private static string Json(JsonNode node) => node.ToJsonString(Compact);
}
