using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>Which credential may continue which session: all pairs of credentials of one key, in memory and in a data folder.</summary>
public sealed class TokenResumptionTests : IDisposable
{
    private const string Bicycles = """ "bidiGenerateContentSetup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","systemInstruction":{"parts":[{"text":"Bicycles."}]},"sessionResumption":{}} """;
    private const string Cars = """ "bidiGenerateContentSetup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","systemInstruction":{"parts":[{"text":"Cars."}]},"sessionResumption":{}} """;
    private const string Temperature = """ "bidiGenerateContentSetup":{"generationConfig":{"temperature":0.5}},"fieldMask":"generationConfig.temperature" """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Null stands for the key itself, otherwise what a token locks.</summary>
    public static TheoryData<bool, string?, string?, bool> Pairs => new(
        from onDisk in (bool[])[false, true]
        from first in (string?[])[null, "", Bicycles, Cars, Temperature]
        from second in (string?[])[null, "", Bicycles, Cars, Temperature]
        select (onDisk, first, second, second is null || (first ?? "") == second));

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Session_continues_with_its_key_or_a_token_that_locks_the_same(bool onDisk, string? first, string? second, bool continues)
    {
        var model = new EchoModel();
        await using var host = await StartAsync(model, onDisk);
        var handle = await LeaveAsync(host, model, await PathAsync(host, first));
        var path = await PathAsync(host, second);

        await using var client = await LiveSocket.ConnectAsync(host, path);
        await client.SendJsonAsync(Resume(handle));

        if (!continues)
        {
            Assert.Equal(LiveClose.InvalidHandle.Reason, (await client.ExpectCloseAsync()).Reason);
            return;
        }
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        Assert.Equal("state", model.Sessions.Snapshot[^1].Start.ResumeFrom);
    }

    [Fact]
    public async Task Own_session_continues_without_a_use_and_another_one_takes_a_use()
    {
        var model = new EchoModel();
        await using var host = await StartAsync(model, onDisk: true);
        var (mine, other) = (await PathAsync(host, Bicycles), await PathAsync(host, Bicycles));
        var handle = await LeaveAsync(host, model, mine);
        handle = await LeaveAsync(host, model, mine, handle);

        // The second token of the same lock pays with its only use; then the session is its own.
        handle = await LeaveAsync(host, model, other, handle);
        handle = await LeaveAsync(host, model, other, handle);

        // The first token has no use left for a session that is no longer its own.
        await using var client = await LiveSocket.ConnectAsync(host, mine);
        await client.SendJsonAsync(Resume(handle));
        Assert.Equal(LiveClose.TokenUsedUp.Reason, (await client.ExpectCloseAsync()).Reason);
    }

    private Task<InMemoryHost> StartAsync(EchoModel model, bool onDisk) => LiveTestHost.StartAsync(
        model, services: static services => services.AddSingleton<ILiveCheckpointCodec, TextCodec>(), dataFolder: onDisk ? _folder.Path : null);

    private static string Resume(string? handle) =>
        handle is null ? LiveTestHost.ResumableSetup : LiveTestHost.ResumableSetup.Replace("{}", $$"""{"handle":"{{handle}}"}""", StringComparison.Ordinal);

    private static async Task<string> PathAsync(InMemoryHost host, string? locks)
    {
        if (locks is null)
            return $"{LiveTestHost.Path}?key={LiveTestHost.Key}";
        using var http = host.CreateClient();
        using var response = await http.PostAsync(new Uri($"/v1/auth_tokens?key={LiveTestHost.Key}", UriKind.Relative), new StringContent($"{{{locks}}}", Encoding.UTF8, "application/json"));
        return $"{LiveTestHost.Constrained}?access_token={JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("name").GetString()}";
    }

    private static async Task<string> LeaveAsync(InMemoryHost host, EchoModel model, string path, string? handle = null)
    {
        var next = model.NextSessionAsync();
        await using var client = await LiveSocket.ConnectAsync(host, path);
        await client.SendJsonAsync(Resume(handle));
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        var session = await next;
        session.Output.Checkpoint("state");
        var given = (await client.ReceiveAsync()).NewHandle()!;
        await client.Socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await session.Disposed.FirstAsync(static _ => true, "the session ends");
        return given;
    }
}
