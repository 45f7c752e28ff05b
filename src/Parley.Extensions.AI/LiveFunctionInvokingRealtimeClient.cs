using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Extensions.AI.Mapping;

namespace Parley.Extensions.AI;

/// <summary>
/// Lets the inner Live session run the functions, instead of <see cref="FunctionInvokingRealtimeClient"/>: audio continues while a function
/// runs, a call that the server cancels is cancelled, all calls of a message are answered in one, and there is no limit on their number.
/// Calls are still delivered, as <see cref="RealtimeServerMessageType.ResponseOutputItemAdded"/> with informational content.
/// </summary>
public sealed class LiveFunctionInvokingRealtimeClient : DelegatingRealtimeClient
{
    private readonly IServiceProvider? _services;

    /// <summary>Creates the middleware.</summary>
    /// <param name="innerClient">A <see cref="LiveRealtimeClient"/>, or middleware over one.</param>
    /// <param name="functionInvocationServices">Services that functions receive; default those of the setup.</param>
    /// <exception cref="InvalidOperationException">The inner client wraps no <see cref="LiveRealtimeClient"/>.</exception>
    public LiveFunctionInvokingRealtimeClient(IRealtimeClient innerClient, IServiceProvider? functionInvocationServices = null)
        : base(innerClient)
    {
        if (innerClient.GetService(typeof(LiveRealtimeClient)) is null)
        {
            throw new InvalidOperationException(
                "The inner client does not wrap a LiveRealtimeClient. For another provider call UseFunctionInvocation.");
        }
        _services = functionInvocationServices;
    }

    /// <summary>Functions in addition to those of the session options; default none.</summary>
    public IList<AITool>? AdditionalTools { get; set; }

    /// <summary>
    /// Sends exception messages to the model; default false, because they may contain what the user must not hear.
    /// <see cref="LiveSetup.DescribeToolError"/> of the setup takes precedence.
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
        IncludeDetailedErrors = IncludeDetailedErrors || setup.IncludeDetailedErrors,
    };
}
