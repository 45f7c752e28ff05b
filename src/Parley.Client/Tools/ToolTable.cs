using Microsoft.Extensions.AI;

namespace Parley.Client.Tools;

/// <summary>Which functions the session runs, and which it only declared.</summary>
internal sealed record ToolTable(IReadOnlyDictionary<string, LiveTool> Automatic, IReadOnlySet<string> Manual)
{
    internal static ToolTable From(LiveSetup setup)
    {
        var automatic = new Dictionary<string, LiveTool>(StringComparer.Ordinal);
        foreach (var tool in setup.Tools ?? [])
        {
            if (tool.Declaration is AIFunction function)
                automatic[function.Name] = tool;
        }
        // From the wire form, so that functions added by Configure are seen too.
        var manual = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in setup.ToWire().Tools ?? [])
        {
            foreach (var declaration in tool.FunctionDeclarations ?? [])
            {
                if (declaration.Name is { } name && !automatic.ContainsKey(name))
                    manual.Add(name);
            }
        }
        return new ToolTable(automatic, manual);
    }
}
