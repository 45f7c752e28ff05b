using System.Text;
using System.Text.Json;
using Parley.Server.Relay;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Relay;

/// <summary>The operator's key is taken out of everything that comes from an upstream.</summary>
public sealed class UpstreamSecretTests
{
    private const string OddKey = "a/b+c=d&key 8-._~Z";

    public static TheoryData<string, string> Forms
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var key in (string[])[Gateway.UpstreamKey, "AIzaSyA-1234567890_abcdefghijklmnopqrstu", "ya29.a0AfH6SMBx-Zz_token.value", OddKey])
            {
                data.Add(key, key);
                data.Add(key, key.ToUpperInvariant());
                data.Add(key, Uri.EscapeDataString(key));
                data.Add(key, Uri.EscapeDataString(key).ToLowerInvariant());
                data.Add(key, JsonEncodedText.Encode(key).Value);
                data.Add(key, key.Replace("/", "\\/", StringComparison.Ordinal));
                data.Add(key, key.Replace("=", "\\u003d", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal).Replace("+", "\\u002b", StringComparison.Ordinal));
                foreach (var before in (string[])["", "k", "k:", "key"])
                {
                    data.Add(key, Convert.ToBase64String(Encoding.UTF8.GetBytes(before + key + "!")));
                    data.Add(key, Convert.ToBase64String(Encoding.UTF8.GetBytes(before + key)).Replace('+', '-').Replace('/', '_').TrimEnd('='));
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Key_is_masked_in_every_form(string key, string form)
    {
        var secrets = new UpstreamSecrets();
        secrets.Add("another-key-of-another-upstream");
        secrets.Add(key);
        var message = Encoding.UTF8.GetBytes($$$"""{"error":{"message":"Grüße: Consumer 'api_key:{{{form}}}' and {{{form}}}' has been suspended."}}""");

        Assert.True(secrets.IsIn(message));
        var redacted = Encoding.UTF8.GetString(secrets.Redact(message));

        Assert.DoesNotContain(form, redacted, StringComparison.OrdinalIgnoreCase);
        Assert.Matches("^Grüße: Consumer 'api_key:.{0,5}\\*\\*\\*.{0,6}' and .{0,5}\\*\\*\\*.{0,6}' has been suspended.$", JsonElement.Parse(redacted).GetProperty("error").GetProperty("message").GetString()!);
        Assert.False(secrets.IsIn(Encoding.UTF8.GetBytes(redacted)));
    }

    [Fact]
    public void Start_of_a_key_at_the_end_of_a_cut_text_is_masked()
    {
        var secrets = new UpstreamSecrets();
        secrets.Add(Gateway.UpstreamKey);

        for (var length = UpstreamSecrets.MinLength; length <= Gateway.UpstreamKey.Length; length++)
            Assert.Equal("reason with key ***", secrets.Redact("reason with key " + Gateway.UpstreamKey[..length]));
    }

    [Fact]
    public void Text_without_a_key_is_unchanged_and_costs_no_allocation()
    {
        var secrets = new UpstreamSecrets();
        secrets.Add(Gateway.UpstreamKey);
        secrets.Add("short");
        var message = Encoding.UTF8.GetBytes("""{"serverContent":{"outputTranscription":{"text":"A short ✓ operator-key."},"turnComplete":true}}""");

        Assert.Equal(message, secrets.Redact(message));
        Assert.Equal(0, Allocated.Least(1_000, () => secrets.IsIn(message)));
    }

    [Fact]
    public void Key_is_found_at_every_place_of_a_long_message()
    {
        var secrets = new UpstreamSecrets();
        secrets.Add(Gateway.UpstreamKey);
        for (var at = 0; at < 20_000; at += 7)
        {
            var message = new byte[20_100];
            message.AsSpan().Fill((byte)'x');
            Encoding.UTF8.GetBytes(Gateway.UpstreamKey).CopyTo(message, at);

            Assert.True(secrets.IsIn(message), $"at {at}");
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1007)]
    [InlineData(1008)]
    [InlineData(1011)]
    [InlineData(4000)]
    public async Task Close_reaches_client_and_log_without_the_key(int code)
    {
        foreach (var early in (bool[])[true, false])
        {
            await using var upstream = await RawUpstream.StartAsync();
            await using var gateway = await Gateway.StartAsync(upstream.Host);
            var next = upstream.NextAsync();
            await using var client = await gateway.ConnectAsync();
            await client.SendJsonAsync(LiveTestHost.Setup);
            var connection = await next;
            await connection.SetupAsync();
            if (!early)
            {
                await connection.AcceptSetupAsync();
                await client.ReceiveUntilAsync(static f => f.Has("setupComplete"));
            }

            await connection.CloseAsync(code, $"reason with key {Gateway.UpstreamKey}");

            Assert.Equal((code, "reason with key ***"), await CloseOf(client));
            Assert.DoesNotContain(gateway.Logs.Entries, static e => e.Message.Contains(Gateway.UpstreamKey, StringComparison.OrdinalIgnoreCase));
        }

        static async Task<(int, string)> CloseOf(LiveSocket client)
        {
            var close = await client.ExpectCloseAsync();
            return (close.Code, close.Reason);
        }
    }

    [Fact]
    public async Task Messages_reach_the_client_without_the_key()
    {
        var recorder = new FrameRecorder();
        await using var upstream = await RawUpstream.StartAsync();
        await using var gateway = await Gateway.StartAsync(upstream.Host, recorder);
        var next = upstream.NextAsync();
        await using var client = await gateway.ConnectAsync();
        await client.SendJsonAsync(LiveTestHost.ResumableSetup);
        var connection = await next;
        const string Key = Gateway.UpstreamKey;
        var indented = Encoding.UTF8.GetBytes($"{{\n  \"error\": {{\"code\": 403, \"message\": \"key {Key} ✓\"}}\n}}\n");

        await connection.AcceptSetupAsync($$$"""{"setupComplete":{"sessionId":"{{{Key}}}"}}""");
        await connection.SendAsync(indented);
        await connection.SendAsync($$$"""{"toolCall":{"functionCalls":[{"id":"1","name":"{{{Key}}}"}]}}""");
        await connection.SendAsync($$$$"""{"serverContent":{"modelTurn":{"parts":[{"text":"{{{{Key}}}}"},{"inlineData":{"data":"AAAA"}}]}}}""");
        await connection.SendAsync($$$"""{"{{{Key}}}":1,"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""");
        await connection.SendAsync("""{"serverContent":{"turnComplete":true}}""");
        await recorder.Frames.FirstAsync(static f => f.Direction == LiveDirection.ToClient && f.Text.Contains("turnComplete", StringComparison.Ordinal), "the last message");

        var seen = recorder.Of(LiveDirection.ToClient).Select(static f => f.Text).ToArray();
        Assert.Equal(6, seen.Length);
        Assert.Equal("{\n  \"error\": {\"code\": 403, \"message\": \"key *** ✓\"}\n}\n", seen[1]);
        Assert.All(seen, static text => Assert.DoesNotContain(Key, text, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(gateway.Logs.Entries, static e => e.Message.Contains(Key, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Key_of_a_file_is_masked_after_it_was_replaced()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "first-key-in-the-file\n", TestContext.Current.CancellationToken);
            await using var upstream = await RawUpstream.StartAsync();
            await using var gateway = await Gateway.StartAsync(upstream.Host, configure: options => options.Upstreams[0].KeyFile = file);
            var (old, first) = await gateway.OpenAsync(upstream);
            await File.WriteAllTextAsync(file, "second-key-in-the-file\n", TestContext.Current.CancellationToken);
            var (client, second) = await gateway.OpenAsync(upstream);
            await using var _ = client;

            await first.CloseAsync(1008, "first-key-in-the-file, second-key-in-the-file");
            await second.CloseAsync(1008, "first-key-in-the-file, second-key-in-the-file");

            Assert.Equal("***, ***", (await old.ExpectCloseAsync()).Reason);
            Assert.Equal("***, ***", (await client.ExpectCloseAsync()).Reason);
            await old.DisposeAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
