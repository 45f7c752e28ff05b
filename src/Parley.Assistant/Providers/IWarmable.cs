namespace Parley.Assistant.Providers;

/// <summary>A chat client that can load its model before the first turn; found by <c>IChatClient.GetService</c>.</summary>
internal interface IWarmable
{
    /// <summary>Loads the model. Fails if it cannot be used at all, so that the host does not start with it.</summary>
    Task WarmAsync(CancellationToken cancellationToken);
}
