using Parley.Cluster.Tests.Harness;

namespace Parley.Cluster.Tests;

/// <summary>A test of the one cluster: begins with all nodes running, and fails if one of them logs an error that is not expected.</summary>
public abstract class ClusterTest(LiveCluster cluster) : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected LiveCluster Cluster => cluster;

    /// <summary>Parts of errors that are expected in the logs.</summary>
    protected virtual string[] ExpectedErrors => [];

    public async ValueTask InitializeAsync() => await cluster.RestoreAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            cluster.WriteLogs();
        await cluster.RestoreAsync();
        cluster.CheckLogs(ExpectedErrors);
        GC.SuppressFinalize(this);
    }
}
