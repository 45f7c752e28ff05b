using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Extensions.AI.Mapping;

namespace Parley.Extensions.AI;

/// <summary>
/// Functions run by the Live session below, in place of <see cref="FunctionInvokingRealtimeClient"/>: beside the stream, so that audio goes on;
/// cancelled when the server cancels the call; all calls of a message answered in one; and as many calls as the model likes. Calls are still
/// delivered, as <see cref="RealtimeServerMessageType.ResponseOutputItemAdded"/> with informational content.
/// </summary>
public sealed class LiveFunctionInvokingRealtimeClient : DelegatingRealtimeClient
{
    private readonly IServiceProvider? _services;

    /// <summary>Adds the functions of the session options to those the session runs.</summary>
    /// <param name="innerClient">A <see cref="LiveRealtimeClient"/>, or middleware over one.</param>
    /// <param name="functionInvocationServices">Services that functions get; default those of the setup.</param>
    /// <exception cref="InvalidOperationException">There is no Live client below.</exception>
    public LiveFunctionInvokingRealtimeClient(IRealtimeClient innerClient, IServiceProvider? functionInvocationServices = null)
        : base(innerClient)
    {
        if (innerClient.GetService(typeof(LiveRealtimeClient)) is null)
        {
            throw new InvalidOperationException(
                "There is no LiveRealtimeClient below this one. For another provider call UseFunctionInvocation.");
        }
        _services = functionInvocationServices;
    }

    /// <summary>Functions beside those of the session options; default none.</summary>
    public IList<AITool>? AdditionalTools { get; set; }

    /// <summary>
    /// Tells the model the text of an exception; default false, because it may hold what the user must not hear. A
    /// <see cref="LiveSetup.DescribeToolError"/> of the setup decides where there is one.
    /// </summary>
    public bool IncludeDetailedErrors { get; set; }

    /// <inheritdoc/>
    public override Task<IRealtimeClientSession> CreateSessionAsync(RealtimeSessionOptions? options = null, CancellationToken cancellationToken = default) =>
        base.CreateSessionAsync(
            SessionOptions.WithFactory(options, () => new InvokingSetup(options?.RawRepresentationFactory?.Invoke(), Apply)), cancellationToken);

    private LiveSetup Apply(LiveSetup setup) => setup with
    {
        AutomaticTools = true,
        Tools = AdditionalTools is { Count: > 0 } more ? [.. setup.Tools ?? [], .. SetupMapping.ToTools([.. more])] : setup.Tools,
        ToolServices = _services ?? setup.ToolServices,
        DescribeToolError = setup.DescribeToolError ?? (IncludeDetailedErrors ? null : static _ => "The function failed."),
    };
}
