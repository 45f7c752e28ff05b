using Microsoft.AspNetCore.Http;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Connecting;

/// <summary>The credential goes to the configured address only, whatever status, request, placement and handler.</summary>
public class RedirectTests
{
    public static TheoryData<int, string, CredentialPlacement, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string, CredentialPlacement, string>();
            foreach (var status in (int[])[301, 302, 303, 307, 308])
            {
                foreach (var placement in Enum.GetValues<CredentialPlacement>())
                {
                    foreach (var handler in (string[])["sockets", "delegating", "HttpClient"])
                        cases.Add(status, status % 2 == 0 ? "relative" : "absolute", placement, handler);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_redirect_is_an_error_and_is_not_followed(int status, string form, CredentialPlacement placement, string handler)
    {
        var caught = 0;
        await using var server = await ScriptedLiveServer.StartAsync(context =>
        {
            if (context.Request.Path.StartsWithSegments("/caught"))
                Interlocked.Increment(ref caught);
            context.Response.StatusCode = status;
            context.Response.Headers.Location = form == "relative" ? "/caught" : $"http://localhost:{context.Request.Host.Port ?? 80}/caught";
            return Task.CompletedTask;
        });
        using var invoker = Invoker(server, handler);
        var client = server.Client(options => (options.CredentialPlacement, options.Invoker) = (placement, invoker));

        var listing = await Assert.ThrowsAsync<LiveRequestException>(() => client.ListModelsAsync());
        var creating = await Assert.ThrowsAsync<LiveRequestException>(() => client.CreateTokenAsync());
        var connecting = await Assert.ThrowsAsync<LiveConnectException>(() => client.ConnectAsync(new LiveSetup { Model = "m" }));

        Assert.Equal(0, caught);
        Assert.All((LiveException[])[listing, creating, connecting], refused =>
        {
            Assert.Contains("redirects are not followed", refused.Message, StringComparison.Ordinal);
            Assert.Contains("BaseAddress", refused.Message, StringComparison.Ordinal);
            Assert.Equal((EndCause.UnknownEndpoint, false), (refused.Cause, refused.CanRetry));
            Assert.DoesNotContain(ScriptedLiveServer.Key, refused.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_handler_whose_settings_are_fixed_is_reported_and_what_it_follows_is_an_error()
    {
        await using var server = await ScriptedLiveServer.StartAsync(static async context =>
        {
            if (context.Request.Path == "/first")
                return;
            if (context.Request.Path.StartsWithSegments("/caught"))
                await context.Response.WriteAsync("""{"models":[]}""");
            else
                context.Response.Redirect("/caught");
        });
        using var invoker = Invoker(server, "HttpClient");
        using var first = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Host.BaseAddress, "/first"));
        using var response = await invoker.SendAsync(first, CancellationToken.None);

        var client = server.Client(options => options.Invoker = invoker);
        var listing = await Assert.ThrowsAsync<LiveRequestException>(() => client.ListModelsAsync());

        Assert.Contains("redirects are not followed", listing.Message, StringComparison.Ordinal);
        Assert.Contains(server.Logs.Entries, static entry => entry.Message.Contains("AllowAutoRedirect", StringComparison.Ordinal));
    }

    private static HttpMessageInvoker Invoker(ScriptedLiveServer server, string handler)
    {
        var sockets = new SocketsHttpHandler { ConnectCallback = server.Host.ConnectAsync };
        return handler switch
        {
            "sockets" => new HttpMessageInvoker(sockets),
            "delegating" => new HttpMessageInvoker(new Passing(new Passing(sockets))),
            _ => new HttpClient(sockets),
        };
    }

    private sealed class Passing(HttpMessageHandler inner) : DelegatingHandler(inner);
}
