using System.Text.Json.Nodes;
using Parley.EndToEnd.Harness;
using Parley.Server;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>Recordings of the service are replayed to the official JavaScript SDK.</summary>
public sealed class CassetteTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_recording_is_replayed_to_the_official_JavaScript_SDK()
    {
        var (facts, servers) = await RunAsync(change: false);

        Assert.NotEmpty(servers);
        foreach (var (name, (server, _)) in servers)
        {
            await using (server)
            {
                var sent = server.Cassette!.Entries.Count(static entry => entry.Direction == LiveDirection.ToClient);
                Assert.True(facts[name] == $"received {sent}", $"{name}: {facts[name]}, not {sent}");
                server.Verify();
            }
        }
    }

    [Fact]
    public async Task Changed_message_of_the_SDK_is_reported_by_name()
    {
        var (facts, servers) = await RunAsync(change: true);

        Assert.NotEmpty(servers);
        foreach (var (name, (server, member)) in servers)
        {
            await using (server)
            {
                Assert.Contains($"{member}: expected ", Assert.Throws<ExpectationException>(server.Verify).Message, StringComparison.Ordinal);
                Assert.Contains(member!, facts[name], StringComparison.Ordinal);
            }
        }
    }

    private static async Task<(ScriptFacts Facts, Dictionary<string, (LiveTestServer Server, string? Member)> Servers)> RunAsync(bool change)
    {
        Assert.SkipWhen(Captures.Folder is null, Captures.SkipReason);
        var servers = new Dictionary<string, (LiveTestServer, string?)>();
        var plan = new JsonArray();
        foreach (var name in Captures.Names)
        {
            var cassette = Cassette.Load(Path.Combine(Captures.Folder!, name));
            var messages = cassette.Entries.Where(static entry => entry.Direction == LiveDirection.FromClient)
                .Select(entry => (entry.After, Json: JsonNode.Parse(cassette.PayloadOf(entry).Span)!.AsObject())).ToList();
            var server = await LiveTestServer.StartAsync(
                options =>
                {
                    (options.Port, options.TimeProvider) = (0, TimeProvider.System);
                    // Other versions and other SDKs made some of the recordings: this one always names a modality to Vertex, and an id in a tool response.
                    options.UseCassette(cassette, replay =>
                    {
                        if (!messages[0].Json["setup"]!.AsObject().ContainsKey("generationConfig"))
                            replay.Ignore.Add("setup.generationConfig");
                        if (messages.Exists(static message => message.Json["toolResponse"]?["functionResponses"]?[0]?["id"] is null))
                            replay.Ignore.Add("toolResponse.functionResponses[].id");
                    });
                },
                Cancellation);
            var member = change ? Change(messages.ConvertAll(static message => message.Json)) : null;
            servers.Add(name, (server, member));
            plan.Add(new JsonObject
            {
                ["name"] = name,
                ["url"] = server.BaseAddress.GetLeftPart(UriPartial.Authority),
                ["vertex"] = cassette.IsVertex,
                ["changed"] = change,
                ["expected"] = cassette.Entries.Count(static entry => entry.Direction == LiveDirection.ToClient),
                ["messages"] = new JsonArray([.. messages.Select(static message => (JsonNode)new JsonObject { ["after"] = message.After, ["json"] = message.Json })]),
            });
        }
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, plan.ToJsonString(), Cancellation);
            return (await Peer.RunJavaScriptAsync(["sdk-cassettes.mjs", file], Cancellation), servers);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Changes the first text, name or model of the last message that has one.
    private static string Change(List<JsonObject> messages)
    {
        var (path, value) = Enumerable.Reverse(messages).Select(static message => Find(message, "")).First(static found => found is not null)!.Value;
        value.ReplaceWith(value.ToString() + "-changed");
        return path;
    }

    private static (string Path, JsonValue Value)? Find(JsonNode node, string path) => node switch
    {
        JsonValue value => path.Split('.')[^1] is "text" or "name" or "model" ? (path, value) : null,
        JsonObject map => map.Where(static member => member.Value is not null).Select(member => Find(member.Value!, path.Length == 0 ? Camel(member.Key) : $"{path}.{Camel(member.Key)}"))
            .FirstOrDefault(static found => found is not null),
        _ => node.AsArray().Where(static element => element is not null).Select((element, index) => Find(element!, $"{path}[{index}]")).FirstOrDefault(static found => found is not null),
    };

    private static string Camel(string name) => name == "realtime_input" ? "realtimeInput" : name;
}
