using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// A tool of a session. An <see cref="AIFunction"/> converts implicitly and the session runs it; an <see cref="AIFunctionDeclaration"/> is
/// only declared, and you answer its calls; a <see cref="Tool"/> is sent as it is.
/// </summary>
public sealed class LiveTool
{
    private LiveTool()
    {
    }

    /// <summary>Google Search, run by the service.</summary>
    public static LiveTool GoogleSearch { get; } = From(new Tool { GoogleSearch = new GoogleSearch() });

    /// <summary>Code execution, run by the service (2.0 models).</summary>
    public static LiveTool CodeExecution { get; } = From(new Tool { CodeExecution = Empty.Instance });

    internal AIFunctionDeclaration? Declaration { get; private init; }

    internal Behavior? Behavior { get; private init; }

    internal Scheduling? Scheduling { get; private init; }

    internal TimeSpan? Timeout { get; private init; }

    internal Tool? Wire { get; private init; }

    /// <summary>A function with its behavior in a live session.</summary>
    /// <param name="function">The function; the session runs it if it is an <see cref="AIFunction"/>.</param>
    /// <param name="behavior">Whether the model waits for the answer; null = the model's default (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#8-function-calling">protocol 8</see>).</param>
    /// <param name="scheduling">When the model speaks about the answer of a NON_BLOCKING function; null = WHEN_IDLE.</param>
    /// <param name="timeout">Its time limit; null = <see cref="LiveSetup.ToolTimeout"/>.</param>
    public static LiveTool Function(
        AIFunctionDeclaration function, Behavior? behavior = null, Scheduling? scheduling = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new LiveTool { Declaration = function, Behavior = behavior, Scheduling = scheduling, Timeout = timeout };
    }

    /// <summary>
    /// A function that returns results one by one: each is sent to the model when it is available (<c>willContinue</c>, <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#8-function-calling">protocol 8</see>). Declared as
    /// NON_BLOCKING; with BLOCKING, which allows one answer only, all results are sent together at the end.
    /// </summary>
    /// <typeparam name="T">Type of a result.</typeparam>
    /// <param name="method">Returns <see cref="IAsyncEnumerable{T}"/>; its parameters are those of the function.</param>
    /// <param name="name">Name of the function.</param>
    /// <param name="description">What it does, for the model.</param>
    /// <param name="behavior">Whether the model waits; default NON_BLOCKING.</param>
    /// <param name="scheduling">When the model speaks about a result; null = WHEN_IDLE.</param>
    /// <param name="timeout">Longest wait for the next result; null = <see cref="LiveSetup.ToolTimeout"/>.</param>
    /// <exception cref="ArgumentException">The method does not return <see cref="IAsyncEnumerable{T}"/>.</exception>
    public static LiveTool Streaming<T>(
        Delegate method, string name, string? description = null, Behavior? behavior = null, Scheduling? scheduling = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (!typeof(IAsyncEnumerable<T>).IsAssignableFrom(method.Method.ReturnType))
            throw new ArgumentException($"The method must return IAsyncEnumerable<{typeof(T).Name}>.", nameof(method));
        var function = AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
        {
            Name = name,
            Description = description,
            ExcludeResultSchema = true,
            MarshalResult = static (result, _, _) => ValueTask.FromResult<object?>(result is IAsyncEnumerable<T> results ? AsObjects(results, CancellationToken.None) : result),
        });
        return Function(function, behavior ?? Protocol.Behavior.NonBlocking, scheduling, timeout);
    }

    /// <summary>A wire tool, sent as it is.</summary>
    public static LiveTool From(Tool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return new LiveTool { Wire = tool };
    }

    /// <summary>A function, or a hosted tool that the service supports: web search and code interpreter.</summary>
    /// <exception cref="ArgumentException">The service has no such tool.</exception>
    public static LiveTool From(AITool tool) => tool switch
    {
        AIFunctionDeclaration function => Function(function),
        HostedWebSearchTool => GoogleSearch,
        HostedCodeInterpreterTool => CodeExecution,
        null => throw new ArgumentNullException(nameof(tool)),
        _ => throw new ArgumentException(
            $"The Live API has no tool of type {tool.GetType().Name}. Use a function, HostedWebSearchTool, HostedCodeInterpreterTool or a Parley.Protocol.Tool.", nameof(tool)),
    };

    /// <summary>Same as <see cref="From(AITool)"/>.</summary>
    public static implicit operator LiveTool(AITool tool) => From(tool);

    /// <summary>Same as <see cref="From(Tool)"/>.</summary>
    public static implicit operator LiveTool(Tool tool) => From(tool);

    /// <summary>Function declarations are combined in one tool, before the others.</summary>
    internal static List<Tool>? ToWire(IReadOnlyList<LiveTool>? tools)
    {
        if (tools is not { Count: > 0 })
            return null;
        var declarations = new List<FunctionDeclaration>();
        var wire = new List<Tool>();
        foreach (var tool in tools)
        {
            if (tool.Declaration is { } function)
                declarations.Add(Declare(function, tool.Behavior));
            else
                wire.Add(tool.Wire!);
        }
        // An empty list of declarations must not be sent (docs/protocol.md#414-tools).
        if (declarations.Count > 0)
            wire.Insert(0, new Tool { FunctionDeclarations = declarations });
        return wire;
    }

    private static async IAsyncEnumerable<object?> AsObjects<T>(
        IAsyncEnumerable<T> results, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var result in results.WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return result;
    }

    private static FunctionDeclaration Declare(AIFunctionDeclaration function, Behavior? behavior) => new()
    {
        Name = function.Name,
        Description = function.Description.Length > 0 ? function.Description : null,
        ParametersJsonSchema = HasParameters(function.JsonSchema) ? function.JsonSchema : null,
        Behavior = behavior,
    };

    private static bool HasParameters(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("properties", out var properties)
        && properties.ValueKind == JsonValueKind.Object
        && properties.EnumerateObject().MoveNext();
}
