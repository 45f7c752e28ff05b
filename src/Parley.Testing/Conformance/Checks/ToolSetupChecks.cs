using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Declarations of tools in the setup.</summary>
internal static class ToolSetupChecks
{
    internal static void AddTo(CheckList list)
    {
        list.Area("declarations", "4.1.4");
        list.Accepts("name-only", "A function needs only a name.", Function("\"name\":\"f\""));
        list.Accepts("description", "A function may have a description.", Function("\"name\":\"f\",\"description\":\"Does something\""));
        list.Accepts("parameters", "Parameters of every type are accepted.", Function(
            """
            "name":"f","parameters":{"type":"OBJECT","properties":{"s":{"type":"STRING"},"n":{"type":"NUMBER"},"i":{"type":"INTEGER"},
            "b":{"type":"BOOLEAN"},"a":{"type":"ARRAY","items":{"type":"STRING"}},"o":{"type":"OBJECT","properties":{"x":{"type":"STRING"}}}},"required":["s"]}
            """));
        list.Accepts("parameters-keywords", "The keywords of the OpenAPI subset are accepted.", Function(
            """
            "name":"f","parameters":{"type":"OBJECT","description":"All","properties":{"s":{"type":"STRING","description":"One","enum":["a","b"],"nullable":true,
            "format":"enum"},"n":{"type":"NUMBER","minimum":1,"maximum":5}},"required":["s"]}
            """));
        list.Accepts("json-schema", "`parametersJsonSchema` takes any JSON Schema.", Function(
            """
            "name":"f","parametersJsonSchema":{"type":"object","additionalProperties":false,"$defs":{"x":{"type":"string"}}}
            """));
        list.Accepts("response-schema", "A function may have a schema of its response.", Function("\"name\":\"f\",\"response\":{\"type\":\"OBJECT\"}"));
        list.Accepts("blocking", "`behavior: BLOCKING` is accepted.", Function("\"name\":\"f\",\"behavior\":\"BLOCKING\""));
        list.Accepts("non-blocking", "`behavior: NON_BLOCKING` is accepted.", Function("\"name\":\"f\",\"behavior\":\"NON_BLOCKING\""));
        list.Accepts("name-characters", "A name may have letters, digits and `_ . : -`.", Function("\"name\":\"_f.a:b-2\""));
        list.Accepts("name-128", "A name may have 128 characters.", Function($"\"name\":\"{new string('f', 128)}\""));
        list.Accepts("two-functions", "A tool may have several functions.", "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\"},{\"name\":\"g\"}]}]");
        list.Accepts("two-tools", "Functions may be in several tools.", "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\"}]},{\"functionDeclarations\":[{\"name\":\"g\"}]}]");
        list.Accepts("search", "`googleSearch` is accepted.", "\"tools\":[{\"googleSearch\":{}}]");
        list.In("8").Accepts("search-and-functions", "Search and functions may be combined.", "\"tools\":[{\"googleSearch\":{}},{\"functionDeclarations\":[{\"name\":\"f\"}]}]");
        list.In("4.1.4");
        list.Accepts("many-functions", "A hundred functions are accepted.",
            $"\"tools\":[{{\"functionDeclarations\":[{string.Join(',', Enumerable.Range(0, 100).Select(static i => $"{{\"name\":\"f{i}\"}}"))}]}}]");
        list.Refuses("name-missing", "A function without a name is refused.", Function("\"description\":\"nameless\""), "");
        list.Refuses("name-digit", "A name that begins with a digit is refused.", Function("\"name\":\"1st\""), "");
        list.Refuses("name-space", "A name with a space is refused.", Function("\"name\":\"get weather\""), "");
        list.Refuses("name-129", "A name of 129 characters is refused.", Function($"\"name\":\"{new string('f', 129)}\""), "");
        list.Refuses("both-parameters", "`parameters` and `parametersJsonSchema` together are refused.",
            Function("\"name\":\"f\",\"parameters\":{\"type\":\"OBJECT\"},\"parametersJsonSchema\":{}"), "");
        list.Refuses("additional-properties", "`additionalProperties` in `parameters` is refused by name.",
            Function("\"name\":\"f\",\"parameters\":{\"type\":\"OBJECT\",\"additionalProperties\":false}"), "Unknown name \"additionalProperties\"");
        list.Refuses("schema-keyword", "`$schema` in `parameters` is refused by name.",
            Function("\"name\":\"f\",\"parameters\":{\"type\":\"OBJECT\",\"$schema\":\"x\"}"), "Unknown name \"$schema\"");
        list.Refuses("read-only", "`readOnly` in a property is refused by name.",
            Function("\"name\":\"f\",\"parameters\":{\"type\":\"OBJECT\",\"properties\":{\"a\":{\"type\":\"STRING\",\"readOnly\":true}}}"), "Unknown name \"readOnly\"");
        list.Refuses("type-unknown", "An unknown type of a parameter is refused.",
            Function("\"name\":\"f\",\"parameters\":{\"type\":\"THING\"}"), "Invalid value at 'setup.tools[0].function_declarations[0].parameters.type'");
        list.Refuses("behavior-unknown", "An unknown behavior is refused.", Function("\"name\":\"f\",\"behavior\":\"SOMETIMES\""), "Invalid value at 'setup.tools");
        list.Refuses("tool-unknown", "An unknown kind of tool is refused by name.", "\"tools\":[{\"hammer\":{}}]", "Unknown name \"hammer\" at 'setup.tools[0]'");
        list.Refuses("duplicate-name", "The same name twice is refused.", "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\"},{\"name\":\"f\"}]}]", "", severity: Should);
        list.For(ConformanceProfile.Strict).Refuses("empty-list", "An empty list of functions is refused.", "\"tools\":[{\"functionDeclarations\":[]}]", "", severity: Should);
    }

    private static string Function(string members) => $"\"tools\":[{{\"functionDeclarations\":[{{{members}}}]}}]";
}
