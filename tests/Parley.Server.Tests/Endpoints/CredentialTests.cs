using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Extensions;
using Parley.Server.Tests.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Endpoints;

public sealed class CredentialTests
{
    private const string OddKey = "a+b/c=d";

    [Theory]
    [InlineData("?key=a%2Bb%2Fc%3Dd", null, null)]
    [InlineData("?key=a+b/c=d", null, null)]
    [InlineData("?alt=json&Key=a%2Bb/c%3Dd", null, null)]
    [InlineData("", "x-goog-api-key", OddKey)]
    [InlineData("", "Authorization", "Bearer " + OddKey)]
    public async Task Key_is_accepted_in_every_form(string query, string? header, string? value)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), static options => options.ApiKeys.Add(OddKey));
        await using var client = await LiveSocket.ConnectAsync(host, LiveTestHost.Path + query, options =>
        {
            if (header is not null)
                options.SetRequestHeader(header, value);
        });

        await client.SendJsonAsync(LiveTestHost.Setup);

        Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
    }

    [Theory]
    [InlineData("?access_token={0}", null)]
    [InlineData("", "Token {0}")]
    [InlineData("", "Bearer {0}")]
    public async Task Token_is_accepted_in_every_form(string query, string? header)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        using var http = host.CreateClient();
        http.DefaultRequestHeaders.Add("x-goog-api-key", LiveTestHost.Key);
        using var response = await http.PostAsync(new Uri("/v1beta/auth_tokens", UriKind.Relative), null);
        var token = System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
        await using var client = await LiveSocket.ConnectAsync(
            host,
            LiveTestHost.Constrained + query.Replace("{0}", token, StringComparison.Ordinal),
            options =>
            {
                if (header is not null)
                    options.SetRequestHeader("Authorization", header.Replace("{0}", token, StringComparison.Ordinal));
            });

        await client.SendJsonAsync(LiveTestHost.Setup);

        Assert.True((await client.ReceiveAsync()).Has("setupComplete"));
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("?key=wrong", HttpStatusCode.Forbidden)]
    public async Task Bad_credential_is_refused_over_HTTP_if_configured(string query, HttpStatusCode status)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), static options => options.RejectAtHttp = true);

        Assert.Equal(status, await host.ExpectRefusedAsync(LiveTestHost.Path + query));
    }

    [Fact]
    public async Task Origin_that_is_not_allowed_is_refused()
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), static options => options.AllowedOrigins.Add("https://good.example"));
        var path = $"{LiveTestHost.Path}?key={LiveTestHost.Key}";

        Assert.Equal(HttpStatusCode.Forbidden, await host.ExpectRefusedAsync(path, static options => options.SetRequestHeader("Origin", "https://evil.example")));
        await using var client = await LiveSocket.ConnectAsync(host, path, static options => options.SetRequestHeader("Origin", "https://good.example"));
    }

    [Fact]
    public async Task Sessions_per_key_are_limited()
    {
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model, static options => options.Sessions.MaxSessionsPerKey = 1);
        await using var first = await host.OpenAsync();
        await using (var second = await host.ConnectAsync())
        {
            await second.SendJsonAsync(LiveTestHost.Setup);
            Assert.Equal(1011, (await second.ExpectCloseAsync()).Code);
        }

        await first.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await (await model.FirstSessionAsync()).Disposed.FirstAsync(static _ => true, "the session ends");

        await using var third = await host.OpenAsync();
    }

    [Theory]
    [InlineData("?key=SECRET", null, null)]
    [InlineData("?access_token=SECRET", null, null)]
    [InlineData("", "x-goog-api-key", "SECRET")]
    [InlineData("", "Authorization", "Token SECRET")]
    [InlineData("", "Authorization", "Bearer auth_tokens/SECRET")]
    public async Task Error_pages_exceptions_and_traces_contain_no_secret(string query, string? header, string? value)
    {
        using var activities = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        var tags = new ConcurrentQueue<string>();
        activities.ActivityStopped = activity =>
        {
            foreach (var tag in activity.TagObjects)
                tags.Enqueue($"{tag.Key}={tag.Value}");
        };
        ActivitySource.AddActivityListener(activities);
        await using var host = await LiveTestHost.StartAsync(new EchoModel(), app: static app =>
        {
            app.UseDeveloperExceptionPage();
            app.Run(static context => throw new NotSupportedException($"broken at {context.Request.GetEncodedUrl()}"));
        });
        host.AllowErrors(static entry => entry.Exception is NotSupportedException);
        using var http = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1beta/models" + query, UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/html");
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, value);

        using var response = await http.SendAsync(request);

        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("NotSupportedException", page, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", page, StringComparison.Ordinal);
        Assert.All(host.Logs.Entries, static entry => Assert.DoesNotContain("SECRET", entry.ToString() + entry.Exception, StringComparison.Ordinal));
        Assert.All(tags, static tag => Assert.DoesNotContain("SECRET", tag, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_lines_contain_no_secret()
    {
        const string Payload = "a-word-nobody-logs";
        var model = new EchoModel();
        await using var host = await LiveTestHost.StartAsync(model);
        using var http = host.CreateClient();
        using (await http.GetAsync(new Uri($"/v1beta/models?key={LiveTestHost.Key}", UriKind.Relative)))
        {
        }
        using var minted = await http.PostAsync(new Uri($"http://parley.test//v1beta//auth_tokens?key={LiveTestHost.Key}"), null);
        var token = System.Text.Json.JsonElement.Parse(await minted.Content.ReadAsStringAsync()).GetProperty("name").GetString()!;
        await using (var onToken = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Constrained}?access_token={token}"))
            await onToken.SendJsonAsync(LiveTestHost.Setup);
        string handle;
        await using (var client = await host.OpenAsync(LiveTestHost.ResumableSetup))
        {
            (await model.Sessions.FirstAsync(static s => s.Start.Setup.SessionResumption is not null, "the session")).Output.Checkpoint("state");
            handle = (await client.ReceiveAsync()).NewHandle()!;
            await client.EchoAsync(Payload);
            await client.SendJsonAsync($$$"""{"clientContent":{"turns":"{{{Payload}}}"}}""");
            await client.ExpectCloseAsync();
        }
        await using (var refused = await LiveSocket.ConnectAsync(host, $"{LiveTestHost.Path}?key=wrong-{LiveTestHost.Key}"))
        {
            await refused.SendJsonAsync(LiveTestHost.Setup);
            await refused.ExpectCloseAsync();
        }
        await host.StopAsync();

        string[] secrets = [LiveTestHost.Key, token, token["auth_tokens/".Length..], handle, Payload];
        Assert.NotEmpty(host.Logs.Entries);
        Assert.All(host.Logs.Entries, entry => Assert.All(secrets, secret =>
        {
            Assert.DoesNotContain(secret, entry.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(entry.Values, value => value.Value?.ToString()?.Contains(secret, StringComparison.Ordinal) is true);
        }));
        Assert.Contains(host.Logs.Entries, static entry => entry.Message.Contains("key=REDACTED", StringComparison.Ordinal));
    }
}
