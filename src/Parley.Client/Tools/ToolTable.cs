using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Client.Tools;

/// <summary>Functions that the session runs (automatic), and functions that it only declares (manual).</summary>
internal sealed record ToolTable(IReadOnlyDictionary<string, LiveTool> Automatic, IReadOnlyDictionary<string, Behavior?> Manual)
{
    internal static ToolTable From(LiveSetup setup)
    {
        var automatic = new Dictionary<string, LiveTool>(StringComparer.Ordinal);
        foreach (var tool in setup.Tools ?? [])
        {
            if (tool.Declaration is AIFunction function)
                automatic[function.Name] = tool;
        }
        // From the wire form, which includes functions added by Configure.
        var manual = new Dictionary<string, Behavior?>(StringComparer.Ordinal);
        foreach (var tool in setup.ToWire().Tools ?? [])
        {
            foreach (var declaration in tool.FunctionDeclarations ?? [])
            {
                if (declaration.Name is { } name && !automatic.ContainsKey(name))
                    manual[name] = declaration.Behavior;
            }
        }
        return new ToolTable(automatic, manual);
    }
}
