using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Parley.Server;
using Parley.Testing.Cassettes;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>Keys and tokens do not get into a cassette. They are put together here, so that no scanner finds them in this file.</summary>
public sealed class SecretTests
{
    private const string Number = "0123456789abcdefghijABCDEFGHIJ01234";

    public static TheoryData<string, string> Secrets => new()
    {
        { "AI" + "za" + Number, "a Google API key" },
        { "A" + "Q." + Number, "a Google API key" },
        { "auth_" + "tokens/" + Number, "an ephemeral token" },
        { "ya" + "29." + Number, "a Google access token" },
        { "Bear" + "er " + Number, "a bearer" },
        { "-----BEGIN RSA PRIVATE" + " KEY-----\nMIIE", "a private key" },
        { "parley_" + Number, "a key of Parley" },
        { "ey" + "J" + Number + ".ey" + "J" + Number + "." + Number, "a JSON Web Token" },
        { "s" + "k-" + Number, "a key of another service" },
        { "my own secret", "a value that was given as a secret" },
    };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Secret_is_found_wherever_it_is_and_not_shown(string secret, string what)
    {
        var json = JsonSerializer.Serialize($"Use {secret}, please");
        foreach (var (message, where) in ((string, string)[])
            [
                ("""{"setup":{"systemInstruction":{"parts":[{"text":VALUE}]}}}""".Replace("VALUE", json, StringComparison.Ordinal), "connection 1, client message 1, setup.systemInstruction.parts[0].text"),
                ("""{"toolResponse":{"functionResponses":[{"response":{"headers":{"a":[1,VALUE]}}}]}}""".Replace("VALUE", json, StringComparison.Ordinal), "connection 1, client message 1, toolResponse.functionResponses[0].response.headers.a[1]"),
                ("""{"setup":{ VALUE:1}}""".Replace("VALUE", json, StringComparison.Ordinal), "connection 1, client message 1"),
                ($"not JSON {secret}", "connection 1, client message 1"),
                ($$"""{"a":"https://example.com/?next={{Uri.EscapeDataString(Uri.EscapeDataString(secret))}}"}""", "connection 1, client message 1, a"),
            ])
        {
            var builder = new CassetteBuilder();
            builder.Add(1, default, LiveDirection.FromClient, WebSocketMessageType.Text, Encoding.UTF8.GetBytes(message));

            var error = Assert.Throws<CassetteException>(() => builder.Build(null).Save(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString()), "my own secret"));

            Assert.Contains($"* {where}: {what}", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Secret_in_the_reason_of_a_close_or_in_an_address_is_found(string secret, string what)
    {
        var builder = new CassetteBuilder();
        builder.Open(1, $"/ws?state={Uri.EscapeDataString(secret)}");
        builder.Close(1, default, LiveDirection.ToClient, 1008, secret);

        Assert.Equal(
            [$"connection 1, target of the request: {what}", $"connection 1, reason of the close: {what}"],
            builder.Build(null).FindSecrets("my own secret").Select(static secret => secret.ToString().Split(" (")[0]));
    }

    [Theory]
    [InlineData("//ws/x?key=abc&alt=ws", "/ws/x?alt=ws")]
    [InlineData("/ws/x?access_token=abc", "/ws/x")]
    [InlineData("/ws/x?api%5Fkey=abc&b=1&Token=2", "/ws/x?b=1")]
    [InlineData("/ws/x", "/ws/x")]
    public void Credentials_are_left_out_of_the_target(string target, string expected) => Assert.Equal(expected, TargetRedaction.Clean(target));

    [Theory]
    [InlineData("Tell me about the bearer of good news and his key.")]
    [InlineData("What does a token cost? The key = the answer.")]
    [InlineData("AIza is how Google keys begin; ya29 too.")]
    public void Ordinary_text_is_no_secret(string text) => Assert.Null(SecretScan.Form(text));

    [Fact]
    public void Encoded_audio_is_not_searched()
    {
        var builder = new CassetteBuilder();
        var audio = Convert.ToBase64String(Convert.FromBase64String("AIza" + Number + "A"));
        builder.Add(1, default, LiveDirection.FromClient, WebSocketMessageType.Text, Encoding.UTF8.GetBytes("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"VALUE"}}}""".Replace("VALUE", audio, StringComparison.Ordinal)));

        Assert.Empty(builder.Build(null).FindSecrets());
    }
}
