using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Relay;

/// <summary>What an upstream answers to the upgrade reaches the client as the close of the public service; redirects are not followed.</summary>
public sealed class UpgradeRefusalTests
{
    [Theory]
    [InlineData(301, 1011, "The service is currently unavailable.")]
    [InlineData(302, 1011, "The service is currently unavailable.")]
    [InlineData(303, 1011, "The service is currently unavailable.")]
    [InlineData(307, 1011, "The service is currently unavailable.")]
    [InlineData(308, 1011, "The service is currently unavailable.")]
    [InlineData(400, 1007, "Request contains an invalid argument.")]
    [InlineData(401, 1008, "Request had invalid authentication credentials.")]
    [InlineData(403, 1008, "The caller does not have permission")]
    [InlineData(404, 1008, "Requested entity was not found.")]
    [InlineData(409, 1007, "Request contains an invalid argument.")]
    [InlineData(429, 1011, "You exceeded your current quota, please check your plan and billing details.")]
    [InlineData(500, 1011, "Internal error encountered.")]
    [InlineData(501, 1008, "Operation is not implemented, or supported, or enabled.")]
    [InlineData(502, 1011, "The service is currently unavailable.")]
    [InlineData(503, 1011, "The service is currently unavailable.")]
    [InlineData(504, 1011, "Deadline expired before operation could complete.")]
    public async Task Refused_upgrade_closes_with_the_code_of_the_service(int status, int code, string reason)
    {
        await using var elsewhere = await RawUpstream.StartAsync();
        await using var upstream = await RawUpstream.StartAsync();
        (upstream.Refuses, upstream.RedirectsTo) = (status, status < 400 ? "http://elsewhere.test/stolen" : null);
        await using var gateway = await Gateway.StartAsync(
            new Dictionary<string, InMemoryHost> { ["upstream.test"] = upstream.Host, ["elsewhere.test"] = elsewhere.Host },
            configure: static options => options.Upstreams.RemoveAt(1));
        if (status is 401 or 403)
            gateway.AllowErrors(static e => e.EventId.Id == 1202);
        await using var client = await gateway.ConnectAsync();

        await client.SendJsonAsync(LiveTestHost.Setup);

        var close = await client.ExpectCloseAsync();
        Assert.Equal((code, reason), (close.Code, close.Reason));
        // Neither there nor here again.
        Assert.Equal((1, 0), (upstream.Requests, elsewhere.Requests));
        var warning = await gateway.Logs.FirstAsync(static e => e.EventId.Id == 1201, "the refusal is logged");
        Assert.Contains(status < 400 ? $"redirect ({status})" : $"refused with {status}", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.Logs.Entries, static e => e.Message.Contains(Gateway.UpstreamKey, StringComparison.Ordinal));
    }
}
