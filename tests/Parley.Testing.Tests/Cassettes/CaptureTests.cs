using System.Text.Json.Nodes;
using Parley.Client;
using Parley.Server;
using Parley.TestKit;

namespace Parley.Testing.Tests.Cassettes;

/// <summary>Recordings of the official SDKs are played to our client.</summary>
[Collection("Cassettes")]
public sealed class CaptureTests
{
    public static TheoryData<string> Recordings => Captures.Folder is null ? ["none"] : new(Captures.Names);

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Recording_of_the_service_is_played_to_our_client_byte_by_byte(string name)
    {
        Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason);
        var cassette = Cassette.Load(Path.Combine(Captures.Folder!, name));
        await using var server = await LiveTestServer.StartAsync(options => options.UseCassette(cassette), TestContext.Current.CancellationToken);

        var (_, received) = await RecordedClient.RunAsync(server, cassette.Connections[0]);

        server.Verify();
        var sent = Captures.Read(name).Where(static entry => entry.Direction == WireDirection.ServerToClient).Select(static entry => entry.Utf8.ToArray());
        Assert.Equal(sent, received);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Changed_message_is_reported_by_name(string name)
    {
        Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason);
        var cassette = Cassette.Load(Path.Combine(Captures.Folder!, name));
        await using var server = await LiveTestServer.StartAsync(options => options.UseCassette(cassette), TestContext.Current.CancellationToken);
        var change = new Change();

        if (change.OnlySetup(cassette))
        {
            var refused = await Assert.ThrowsAsync<LiveConnectException>(() => RecordedClient.RunAsync(server, cassette.Connections[0], change.Apply));
            Assert.Contains(change.Member!, refused.Message, StringComparison.Ordinal);
        }
        else
        {
            var (end, _) = await RecordedClient.RunAsync(server, cassette.Connections[0], change.Apply);
            Assert.Equal(1008, end!.CloseCode);
            Assert.Contains(change.Member!, end.Reason, StringComparison.Ordinal);
        }

        Assert.Contains($"{change.Member}: expected {change.Expected}, was \"changed\"", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
    }

    /// <summary>Changes one string of the last message that has one of its own, and knows its name.</summary>
    private sealed class Change
    {
        private JsonObject? _changed;

        internal string? Member { get; private set; }

        internal string? Expected { get; private set; }

        internal bool OnlySetup(Cassette cassette)
        {
            var last = cassette.Entries.Where(static entry => entry.Direction == LiveDirection.FromClient).Select(entry => JsonNode.Parse(cassette.PayloadOf(entry).Span)!.AsObject())
                .Last(static message => Leaf(message, "") is not null);
            _changed = last;
            (Member, var value) = Leaf(last, "")!.Value;
            Expected = value.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            return last.ContainsKey("setup");
        }

        internal JsonObject Apply(JsonObject message)
        {
            if (JsonNode.DeepEquals(message, _changed))
                Leaf(message, "")!.Value.Value.ReplaceWith("changed");
            return message;
        }

        // The first text, name or model.
        private static (string Path, JsonValue Value)? Leaf(JsonNode node, string path)
        {
            if (node is JsonValue value)
                return value.GetValueKind() == System.Text.Json.JsonValueKind.String && path.Split('.')[^1] is "text" or "name" or "model" ? (path, value) : null;
            var children = node is JsonObject map
                ? map.Select(member => (Path: path.Length == 0 ? Camel(member.Key) : $"{path}.{Camel(member.Key)}", Node: member.Value))
                : node.AsArray().Select((element, index) => (Path: $"{path}[{index}]", Node: element));
            return children.Where(static child => child.Node is not null).Select(static child => Leaf(child.Node!, child.Path)).FirstOrDefault(static found => found is not null);
        }

        private static string Camel(string name) => name == "realtime_input" ? "realtimeInput" : name;
    }
}
