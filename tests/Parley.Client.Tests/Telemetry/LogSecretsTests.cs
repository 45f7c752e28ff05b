using Microsoft.Extensions.AI;
using Parley.Client.Tests.Scripted;

namespace Parley.Client.Tests.Telemetry;

public class LogSecretsTests
{
    private const string Handle = "secret-handle-of-the-log";

    [Fact]
    public async Task No_line_of_a_whole_session_holds_a_key_a_token_a_handle_or_what_was_said()
    {
        await using var server = await ScriptedLiveServer.StartAsync(async peer =>
        {
            await peer.AcceptSetupAsync();
            await peer.ExpectAsync();
            await peer.SendAsync($$$"""{"sessionResumptionUpdate":{"newHandle":"{{{Handle}}}","resumable":true},"goAway":{"timeLeft":"50s"}}""");
            await peer.SendAsync("""{"serverContent":{"inputTranscription":{"text":"heard-secret"},"outputTranscription":{"text":"said-secret"}}}""");
            await peer.SendAsync("""{"toolCall":{"functionCalls":[{"id":"1","name":"f","args":{"x":"argument-secret"}},{"id":"2","name":"unknown"}]}}""");
            await peer.ExpectAsync();
            await peer.SendAsync("[ unreadable-secret");
            await peer.CloseAsync(1008, $"token {ScriptedLiveServer.Token} is spent");
        });
        var client = LiveClient.FromToken(ScriptedLiveServer.Token, server.Options(static options => options.Resumption = new ResumptionOptions { Enabled = false }));
        await using var session = await client.ConnectAsync(new LiveSetup
        {
            Model = "gemini-test",
            SystemInstruction = "instruction-secret",
            Tools = [AIFunctionFactory.Create((string x) => "result-secret" + x, "f")],
        });
        await session.SendTextAsync("typed-secret");
        await session.ReadToEndAsync();

        var lines = server.Logs.Entries.Select(entry => entry.ToString()).ToList();
        Assert.True(lines.Count > 5, string.Join('\n', lines));
        foreach (var secret in (string[])[ScriptedLiveServer.Token, Handle, "heard-secret", "said-secret", "argument-secret", "result-secret", "unreadable-secret", "instruction-secret", "typed-secret"])
            Assert.DoesNotContain(lines, line => line.Contains(secret, StringComparison.Ordinal));
    }
}
