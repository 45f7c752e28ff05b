namespace Parley.Cluster.Tests.Harness;

/// <summary>Calls that are left at the end.</summary>
internal sealed class RawCalls : List<RawCall>, IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (var call in this)
            await call.DisposeAsync();
    }
}
