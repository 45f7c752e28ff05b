namespace Parley.Testing.Tests.Conformance;

public sealed class ServerConformanceTests
{
    [Fact]
    public async Task Test_server_passes_every_check()
    {
        await using var server = await ConformingServer.StartAsync();

        var report = await ConformingServer.CheckAsync(server);

        Assert.True(report.Total is { Failed: 0, Skipped: 0 }, report.ToString());
        Assert.True(report.Total.Passed >= 250);
    }
}
