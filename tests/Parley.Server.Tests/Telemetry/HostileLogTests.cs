using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Telemetry;

/// <summary>What clients write into the log.</summary>
public sealed class HostileLogTests
{
    private const string Hostile = "\\u001b[2J\\u001b]0;owned\\u0007\\u0000\\u202e\\r\\nforged";

    [Theory]
    [InlineData("{\"setup\":{\"model\":\"models/X\"}}")]
    [InlineData("{\"setup\":{\"model\":\"models/gemini-X\"}}")]
    [InlineData("{\"setup\":{\"model\":\"models/gemini-3.8-live\",\"X\":1}}")]
    [InlineData("{\"setup\":{\"model\":\"models/gemini-3.8-live\",\"generationConfig\":{\"responseModalities\":[\"X\"]}}}")]
    [InlineData("{\"X\":{}}")]
    [InlineData("{\"setup\":{\"model\":\"models/gemini-3.8-live\",\"sessionResumption\":{\"handle\":\"X\"}}}")]
    [InlineData("{\"setup\":{\"model\":\"models/gemini-3.8-live\",\"tools\":[{\"functionDeclarations\":[{\"name\":\"X\"}]}]}}")]
    public async Task No_client_text_moves_a_terminal_or_forges_a_line(string message)
    {
        await using var host = await LiveTestHost.StartAsync(new EchoModel());
        await using (var client = await host.ConnectAsync())
        {
            await client.SendJsonAsync(message.Replace("X", Hostile, StringComparison.Ordinal));
            await client.Socket.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
            await Expect.WithinAsync(host.Services.GetRequiredService<Parley.Server.Sessions.SessionRegistry>().WhenEmptyAsync(), "the connection is over");
        }

        Assert.All(host.Logs.Entries, static entry => Assert.DoesNotContain(entry.Message, static c => char.IsControl(c) || c == '\u202e'));
    }
}
