using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Server.Calls;

/// <summary>What the server adds to a setup: functions and instructions.</summary>
internal sealed class CallAdditions
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, AIFunction> _tools = new(StringComparer.Ordinal);
    private readonly List<string> _instructions = [];
    private bool _isClosed;

    internal void Add(AIFunction tool)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            _tools[tool.Name] = tool;
        }
    }

    /// <summary>Adds a function to a running session.</summary>
    internal void AddLate(AIFunction tool)
    {
        lock (_gate)
            _tools[tool.Name] = tool;
    }

    internal void Add(string instruction)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            _instructions.Add(instruction);
        }
    }

    /// <summary>The session starts: nothing more is added.</summary>
    internal void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

    internal AIFunction? Find(string? name) => name is null ? null : _tools.GetValueOrDefault(name);

    /// <summary>The setup with the additions; the same object if there are none.</summary>
    internal Setup ApplyTo(Setup setup)
    {
        if (_tools.IsEmpty && _instructions.Count == 0)
            return setup;
        return setup with
        {
            Tools = _tools.IsEmpty ? setup.Tools : WithTools(setup.Tools),
            SystemInstruction = _instructions.Count == 0 ? setup.SystemInstruction : WithInstructions(setup.SystemInstruction),
        };
    }

    /// <summary>A change of the context by the client, with the additions: what it replaces would be lost otherwise.</summary>
    internal ContextUpdate ApplyTo(ContextUpdate update) => update with
    {
        Tools = update.Tools is null || _tools.IsEmpty ? update.Tools : update.Tools with { Tools = WithTools(update.Tools.Tools) },
        SystemInstruction = update.SystemInstruction is null || _instructions.Count == 0 ? update.SystemInstruction : WithInstructions(update.SystemInstruction),
    };

    private List<Tool> WithTools(IReadOnlyList<Tool>? tools)
    {
        var all = new List<Tool>();
        foreach (var tool in tools ?? [])
        {
            // Two declarations of a name would be refused, and a call must have one meaning.
            var others = tool.FunctionDeclarations?.Where(declaration => Find(declaration.Name) is null).ToList();
            if (others is null || others.Count == tool.FunctionDeclarations!.Count)
                all.Add(tool);
            else if (others.Count > 0)
                all.Add(tool with { FunctionDeclarations = others });
        }
        all.Add(new Tool { FunctionDeclarations = [.. _tools.Values.Select(Declare)] });
        return all;
    }

    private Content WithInstructions(Content? content) => (content ?? new Content()) with
    {
        Parts = [.. content?.Parts ?? [], .. _instructions.Select(static text => new Part { Text = text })],
    };

    private static FunctionDeclaration Declare(AIFunction tool) => new()
    {
        Name = tool.Name,
        Description = string.IsNullOrEmpty(tool.Description) ? null : tool.Description,
        ParametersJsonSchema = tool.JsonSchema,
    };

    private void ThrowIfClosed()
    {
        if (_isClosed)
            throw new InvalidOperationException("The session has started. Add functions and instructions in OnCall, before it returns.");
    }
}
